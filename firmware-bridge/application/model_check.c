#include "model_check.h"

#include <stdbool.h>
#include <stddef.h>

#include "../protocol/bytes.h"

/* docs/model-format.md; assembly/inference/network/load.ts makes the same checks of the whole file. */

#define MAGIC UINT32_C(0x574b5053)
#define FILE_HEADER 92
#define SECTIONS 6
#define NETWORK_RECORDS 44
#define LAYER 60
#define IDENTITY 1
#define PROJECTION 2

/** Where the kernel's buffers begin, behind its static data; test/native/model-check.test.ts holds it to the kernel. */
#define KERNEL_BUFFERS 14592
#define PUSH_BYTES (320 * 2)
#define RAW_FRAME_BYTES 40

/** The kernel's errors of load. */
enum { TOO_SHORT = 2, BAD_MAGIC = 3, BAD_LENGTH = 5, BAD_SECTION = 7, BAD_FEATURES = 8, BAD_LABELS = 9, BAD_NETWORK = 10,
     BAD_LAYER = 11, BAD_OFFSET = 12, TOO_MUCH_WORK = 14 };

struct section {
  uint32_t offset;
  uint32_t length;
};

struct layer {
  uint32_t input_channels, input_frames, input_bands;
  uint32_t channels, frames, bands;
};

/** What the network takes, in elements of each buffer of the kernel. */
struct needs {
  uint64_t features, classes, layers, last_channels, channels, events, train_words;
};

struct check {
  const uint8_t *head;
  uint32_t given;
  struct section sections[SECTIONS];
  struct needs needs;
};

static struct outcome invalid(uint32_t error, uint32_t detail) {
  return failed(MODEL_INVALID, error, detail);
}

static uint64_t greater(uint64_t a, uint64_t b) {
  return a > b ? a : b;
}

static bool in_range(uint32_t value, uint32_t most) {
  return value >= 1 && value <= most;
}

static uint32_t strided(uint32_t extent, uint32_t stride) {
  return (extent - 1) / stride + 1;
}

static struct outcome check_header(const struct check *check, uint32_t length) {
  const uint8_t *head = check->head;
  if (check->given < 8) return invalid(TOO_SHORT, check->given);
  if (get_u32(head) != MAGIC) return invalid(BAD_MAGIC, get_u32(head));
  if (get_u32(head + 4) != MODEL_FORMAT_VERSION) {
    return failed(MODEL_FORMAT, get_u32(head + 4), MODEL_FORMAT_VERSION);
  }
  if (check->given < FILE_HEADER) return invalid(TOO_SHORT, check->given);
  if (get_u32(head + 8) != length) return invalid(BAD_LENGTH, get_u32(head + 8));
  return done();
}

/** All sections in order, each on the first multiple of 4 behind the one before, the last ending with the file. */
static struct outcome check_sections(struct check *check, uint32_t length) {
  if (get_u32(check->head + 16) != SECTIONS) return invalid(BAD_SECTION, 0);
  uint64_t next = FILE_HEADER;
  for (uint32_t k = 0; k < SECTIONS; k++) {
    const uint8_t *entry = check->head + 20 + 12 * k;
    struct section *section = &check->sections[k];
    section->offset = get_u32(entry + 4);
    section->length = get_u32(entry + 8);
    if (get_u32(entry) != k + 1 || section->offset != next) return invalid(BAD_SECTION, k + 1);
    next = (next + section->length + 3) & ~UINT64_C(3);
    if (next > length) return invalid(BAD_SECTION, k + 1);
  }
  return next == length ? done() : invalid(BAD_SECTION, SECTIONS);
}

/** The first `bytes` of a section if they lie within the head; `kind` from 1. */
static const uint8_t *within_head(const struct check *check, uint32_t kind, uint64_t bytes) {
  const struct section *section = &check->sections[kind - 1];
  return section->offset + bytes <= check->given ? check->head + section->offset : NULL;
}

static struct outcome check_features(struct check *check, struct layer *input) {
  const uint8_t *section = within_head(check, 1, 8);
  const uint32_t length = check->sections[0].length;
  if (length < 8) return invalid(BAD_FEATURES, 0);
  if (section == NULL) return done();
  input->frames = get_u32(section);
  input->channels = get_u32(section + 4);
  if (!in_range(input->frames, 1024) || !in_range(input->channels, 64)) return invalid(BAD_FEATURES, 0);
  if (length != 8 + 8 * input->channels) return invalid(BAD_FEATURES, 0);
  check->needs.features = (uint64_t)input->frames * input->channels;
  return done();
}

static bool inside_weights(const struct check *check, uint32_t offset, uint64_t bytes) {
  const struct section *weights = &check->sections[3];
  return (offset & 3) == 0 && offset >= weights->offset &&
       offset + bytes <= (uint64_t)weights->offset + weights->length;
}

static struct layer read_layer(const uint8_t *record) {
  return (struct layer){get_u16(record + 4),  get_u16(record + 6),  get_u16(record + 8),
              get_u16(record + 10), get_u16(record + 12), get_u16(record + 14)};
}

static bool shape_fits(const struct layer *layer, const uint8_t *record) {
  return in_range(layer->channels, 4096) && in_range(layer->input_channels, 4096) && in_range(record[16], 15) &&
       in_range(record[17], 15) && (record[16] & record[17] & 1) == 1 && in_range(record[18], 15) &&
       in_range(record[19], 15) && layer->frames == strided(layer->input_frames, record[18]) &&
       layer->bands == strided(layer->input_bands, record[19]);
}

static bool shortcut_fits(const struct layer *layer, const struct layer *entering, const uint8_t *record) {
  if (record[20] == IDENTITY) {
    return layer->channels == entering->channels && layer->frames == entering->frames &&
         layer->bands == entering->bands;
  }
  return record[20] == PROJECTION && in_range(record[22], 15) && in_range(record[23], 15) &&
       layer->frames == strided(entering->frames, record[22]) &&
       layer->bands == strided(entering->bands, record[23]);
}

static struct outcome check_layer(struct check *check, uint32_t index, const uint8_t *records, uint32_t timesteps) {
  const uint8_t *record = records + LAYER * index;
  const struct layer layer = read_layer(record);
  if (!shape_fits(&layer, record)) return invalid(BAD_LAYER, index);
  const uint64_t padded = (layer.channels + 7) & ~UINT32_C(7);
  uint64_t shortcut_rows = 0;
  if (record[20] != 0) {
    if (index < 2) return invalid(BAD_LAYER, index);
    const struct layer entering = read_layer(record - 2 * LAYER);
    if (!shortcut_fits(&layer, &entering, record)) return invalid(BAD_LAYER, index);
    if (record[20] == PROJECTION) shortcut_rows = entering.channels;
    const uint64_t bytes = record[20] == PROJECTION ? shortcut_rows * padded : padded * 2;
    if (!inside_weights(check, get_u32(record + 40), bytes)) return invalid(BAD_OFFSET, index);
  }
  const uint32_t threshold_rows = get_u32(record + 24);
  if (threshold_rows != 1 && threshold_rows != timesteps) return invalid(BAD_LAYER, index);
  const uint64_t rows = (uint64_t)record[16] * record[17] * layer.input_channels;
  if (!inside_weights(check, get_u32(record + 28), padded * (index == 0 ? 4 : 2)) ||
    !inside_weights(check, get_u32(record + 32), threshold_rows * padded * 4) ||
    !inside_weights(check, get_u32(record + 36), rows * padded)) {
    return invalid(BAD_OFFSET, index);
  }
  const uint64_t positions = (uint64_t)layer.frames * layer.bands;
  if (positions * (rows + shortcut_rows + 1) * layer.channels * timesteps > UINT32_MAX) {
    return invalid(TOO_MUCH_WORK, index);
  }
  struct needs *needs = &check->needs;
  needs->channels = greater(needs->channels, padded);
  needs->events = greater(needs->events, rows + shortcut_rows);
  needs->train_words = greater(needs->train_words, positions * timesteps * ((layer.channels + 31) >> 5));
  needs->last_channels = layer.channels;
  return done();
}

static struct outcome check_layers(struct check *check, const uint8_t *network, struct layer input) {
  const uint32_t timesteps = get_u32(network + 8);
  const uint32_t layers = get_u32(network + 40);
  struct layer before = input;
  for (uint32_t k = 0; k < layers; k++) {
    const uint8_t *records = network + NETWORK_RECORDS;
    const struct layer layer = read_layer(records + LAYER * k);
    if (layer.input_channels != before.channels || layer.input_frames != before.frames ||
      layer.input_bands != before.bands) {
      return invalid(BAD_LAYER, k);
    }
    const struct outcome outcome = check_layer(check, k, records, timesteps);
    if (outcome.status != OK) return outcome;
    before = layer;
  }
  const uint32_t classes = get_u32(network + 12);
  if (!inside_weights(check, get_u32(network + 32), (uint64_t)classes * before.channels) ||
    !inside_weights(check, get_u32(network + 36), (uint64_t)classes * 4)) {
    return invalid(BAD_OFFSET, layers);
  }
  return done();
}

static struct outcome check_network(struct check *check, struct layer input) {
  const uint32_t length = check->sections[2].length;
  if (length < NETWORK_RECORDS) return invalid(BAD_NETWORK, NETWORK_RECORDS);
  const uint8_t *network = within_head(check, 3, NETWORK_RECORDS);
  if (network == NULL) return done();
  const uint32_t dimensions = get_u32(network);
  const uint32_t classes = get_u32(network + 12);
  const uint32_t layers = get_u32(network + 40);
  if (!in_range(get_u32(network + 8), 32)) return invalid(BAD_NETWORK, 8);
  if (!in_range(classes, 1024)) return invalid(BAD_NETWORK, 12);
  if (layers < 1 || (uint64_t)layers * LAYER + NETWORK_RECORDS != length) return invalid(BAD_NETWORK, 40);
  if (!in_range(dimensions, 2)) return invalid(BAD_NETWORK, 0);
  check->needs.classes = classes;
  check->needs.layers = layers;
  const uint8_t *labels = within_head(check, 2, 4);
  if (check->sections[1].length < 4 || (labels != NULL && get_u32(labels) != classes)) return invalid(BAD_LABELS, 0);
  if (within_head(check, 3, length) == NULL) return done();
  // the stem reads the feature map: coefficients are its channels in 1-D, its bands in 2-D
  input.bands = dimensions == 1 ? 1 : input.channels;
  if (dimensions == 2) input.channels = 1;
  return check_layers(check, network, input);
}

/** As the kernel lays its buffers out: assembly/inference/network/memory-map.ts. */
static uint64_t ram_needed(const struct needs *needs) {
  const uint64_t words = needs->classes + 2 * needs->layers + needs->last_channels + 2 * needs->channels +
               needs->events + 3 * needs->train_words;
  return KERNEL_BUFFERS + PUSH_BYTES + RAW_FRAME_BYTES + ((needs->features + 3) & ~UINT64_C(3)) + words * 4;
}

struct outcome model_check(const uint8_t *head, uint32_t given, uint32_t length, uint32_t ram) {
  struct check check = {.head = head, .given = given};
  struct layer input = {0};
  struct outcome outcome = check_header(&check, length);
  if (outcome.status == OK) outcome = check_sections(&check, length);
  if (outcome.status == OK) outcome = check_features(&check, &input);
  if (outcome.status == OK) outcome = check_network(&check, input);
  if (outcome.status != OK) return outcome;
  const uint64_t needed = ram_needed(&check.needs);
  if (needed <= ram) return done();
  return failed(NOT_ENOUGH_RAM, needed > UINT32_MAX ? UINT32_MAX : (uint32_t)needed, ram);
}
