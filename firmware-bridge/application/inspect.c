#include <string.h>

#include "../generated.h"
#include "../hal/hal.h"
#include "../protocol/bytes.h"
#include "../runtime/kernel.h"
#include "../store/slots.h"
#include "clip.h"
#include "commands.h"
#include "running.h"

/** Number of layers whose spike trains exist at the same time. */
#define TRAINS 3

/** The bytes to show. */
struct view {
  const uint8_t *bytes;
  uint32_t length;
};

struct shape {
  uint32_t channels, positions;
};

/** The shape of a layer of the running model, from its record in flash. */
static struct outcome read_shape(uint32_t layer, struct shape *shape) {
  uint8_t bytes[6];
  const uint32_t model = model_address(running_slot());
  const uint32_t entry = SECTION_TABLE + (SECTION_NETWORK - 1) * SECTION_ENTRY;
  if (!hal_flash_read(model + entry + 4, bytes, 4)) return failed(FLASH_READ, model, 4);
  const uint32_t record = model + get_u32(bytes) + NETWORK_RECORDS + LAYER_BYTES * layer;
  // channels, frames and bands follow each other
  if (!hal_flash_read(record + LAYER_CHANNELS, bytes, sizeof bytes)) return failed(FLASH_READ, record, sizeof bytes);
  shape->channels = get_u16(bytes);
  shape->positions = get_u16(bytes + 2) * (uint32_t)get_u16(bytes + 4);
  return done();
}

static struct view kernel_view(int32_t query, uint32_t length) {
  return (struct view){kernel_ram(kernel_query(query), length), length};
}

static struct outcome trapped(void) {
  clip_forget();
  return running_trapped();
}

static struct outcome view_stem_current(uint32_t position, struct view *view) {
  struct shape shape;
  const struct outcome outcome = read_shape(0, &shape);
  if (outcome.status != OK) return outcome;
  if (position >= shape.positions) return failed(OUT_OF_RANGE, position, shape.positions - 1);
  kernel_stem_current(position);
  if (kernel_trap() != KERNEL_TRAP_NONE) return trapped();
  *view = kernel_view(QUERY_CURRENTS, 4 * shape.channels);
  return done();
}

static struct outcome view_spikes(uint32_t layer, struct view *view) {
  struct shape shape;
  if (layer >= clip.layers) return failed(OUT_OF_RANGE, layer, clip.layers - 1);
  // the classifier writes no train
  const uint32_t written = clip.steps < clip.layers ? clip.steps : clip.layers;
  const int32_t key = QUERY_SPIKES + (int32_t)layer;
  // in a network that decides early, each layer has a train of its own
  const bool overwritten = layer + TRAINS < written && kernel_query(key) == kernel_query(key + TRAINS);
  if (layer >= written || overwritten) return failed(NOT_READY, clip.steps, layer + 1);
  const struct outcome outcome = read_shape(layer, &shape);
  if (outcome.status != OK) return outcome;
  const uint32_t words = (shape.channels + 31) / 32;
  *view = kernel_view(key, 4 * shape.positions * clip.timesteps * words);
  return done();
}

/** Shows numbers that are complete only after the whole inference. */
static struct outcome view_result(int32_t query, uint32_t words, struct view *view) {
  if (clip.steps <= clip.layers) return failed(NOT_READY, clip.steps, clip.layers + 1);
  *view = kernel_view(query, 4 * words);
  return done();
}

/** Writes the counts of the steps, little-endian; `bytes` has room for a whole answer. */
static struct outcome show_counts(uint32_t offset, uint32_t length, uint8_t *bytes) {
  if (clip.steps <= clip.layers) return failed(NOT_READY, clip.steps, clip.layers + 1);
  for (uint32_t k = 0; k < length; k++) {
    const uint32_t step = (offset + k) / 4;
    const uint32_t count = step <= MOST_STEPS ? clip.step_counts[step] : 0;
    bytes[k] = (uint8_t)(count >> 8 * ((offset + k) % 4));
  }
  return done();
}

static struct outcome find_view(uint32_t what, uint32_t index, uint8_t *samples, struct view *view) {
  switch (what) {
    case INSPECT_SAMPLES:
      put_u32(samples, clip.samples_crc);
      put_u32(samples + 4, clip.source == SOURCE_FEATURES ? 0 : clip.taken);
      *view = (struct view){samples, 8};
      return done();
    case INSPECT_FEATURES:
      *view = kernel_view(QUERY_FEATURES, clip.frames * clip.coefficients);
      return done();
    case INSPECT_STEM_CURRENT:
      return view_stem_current(index, view);
    case INSPECT_SPIKES:
      return view_spikes(index, view);
    case INSPECT_SCORES:
      return view_result(QUERY_SCORES, clip.classes, view);
    case INSPECT_SPIKE_COUNTS:
      return view_result(QUERY_SPIKE_COUNTS, clip.layers, view);
    case INSPECT_OPERATION_COUNTS:
      return view_result(QUERY_OPERATION_COUNTS, clip.layers, view);
    case INSPECT_STEP_COUNTS:
      *view = (struct view){samples, 4 * (clip.layers + 1)};
      return done();
    default:
      return failed(OUT_OF_RANGE, what, INSPECT_STEP_COUNTS);
  }
}

struct outcome command_inspect(const struct request *request, struct answer *answer) {
  struct outcome outcome = body_within(request, 10, 10);
  if (outcome.status == OK) outcome = clip_ready();
  if (outcome.status != OK) return outcome;
  const uint32_t what = request->body[0];
  const uint32_t offset = get_u32(request->body + 4);
  const uint32_t most = get_u16(request->body + 8);
  if (most > INSPECT_BYTES) return failed(OUT_OF_RANGE, most, INSPECT_BYTES);

  uint8_t samples[8];
  struct view view = {NULL, 0};
  outcome = find_view(what, get_u16(request->body + 2), samples, &view);
  if (outcome.status != OK) return outcome;
  const uint32_t rest = offset < view.length ? view.length - offset : 0;
  const uint32_t length = rest < most ? rest : most;
  put_u32(answer->body, view.length);
  if (what == INSPECT_STEP_COUNTS) outcome = show_counts(offset, length, answer->body + 4);
  else if (view.bytes == NULL) outcome = trapped();
  else memcpy(answer->body + 4, view.bytes + offset, length);
  answer->length = 4 + length;
  return outcome;
}
