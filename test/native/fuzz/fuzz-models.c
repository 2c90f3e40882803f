/** fuzz-models SEED INPUTS MODEL…: the kernel with damaged models. Models that it accepts are run. */
#include <string.h>

#include "application/running.h"
#include "check.h"
#include "draw.h"
#include "models.h"
#include "runtime/kernel.h"

static void fill(uint32_t address, uint32_t length) {
  uint8_t *to = kernel_ram(address, length);
  CHECK(to != NULL);
  for (uint32_t k = 0; k < length; k++) to[k] = (uint8_t)draw();
}

/** Runs an accepted model on random features and samples. */
static void run(void) {
  CHECK(kernel_query(QUERY_RAM_BYTES) <= kernel_ram_bytes());
  fill(kernel_query(QUERY_FEATURES), kernel_query(QUERY_FRAMES) * kernel_query(QUERY_COEFFICIENTS));
  kernel_begin();
  int32_t left;
  do {
    left = kernel_step();
    CHECK(left >= 0);
  } while (left > 0);
  CHECK(kernel_query(QUERY_WINNER) < kernel_query(QUERY_CLASSES));
  CHECK(kernel_ram(kernel_query(QUERY_SCORES), 4 * kernel_query(QUERY_CLASSES)) != NULL);
  kernel_stem_current(draw_number());
  fill(kernel_query(QUERY_SAMPLES), 2 * kernel_query(QUERY_PUSH_SAMPLES));
  CHECK(kernel_push((int32_t)draw_below(330)) >= -1);
  kernel_query((int32_t)draw());
}

int main(int argc, char **argv) {
  CHECK(argc > 3);
  draw_state = strtoull(argv[1], NULL, 0);
  const uint32_t inputs = (uint32_t)strtoul(argv[2], NULL, 0);
  models_read(3, argc, argv);
  static uint8_t scratch[MOST_MODEL_BYTES];
  uint32_t accepted = 0;
  uint32_t errors = 0;
  kernel_start();
  for (uint32_t input = 0; input < inputs; input++) {
    const uint32_t length = draw_one_in(50) ? model_valid(scratch) : model_damaged(scratch);
    const uint32_t given = draw_one_in(4) && length > 1000 ? 1000 : length;
    // a separate block, so that the sanitizer sees every read beyond it
    uint8_t *model = malloc(given);
    CHECK(model != NULL);
    memcpy(model, scratch, given);
    const uint8_t *copy = scratch;
    CHECK(kernel_bind(model, given));
    const int32_t error = given < length ? kernel_check(length) : kernel_load();
    CHECK(error >= 0 && error < 32);
    errors |= UINT32_C(1) << error;
    if (error == 0 && given == length) {
      accepted++;
      run();
    } else {
      CHECK(kernel_infer() == -1);
      CHECK(kernel_query(QUERY_FEATURES) == 0);
    }
    CHECK(kernel_trap() == KERNEL_TRAP_NONE);
    CHECK(memcmp(model, copy, given) == 0);
    kernel_bind(NULL, 0);
    free(model);
  }
  printf("%u inputs, %u accepted and run, errors seen 0x%x\n", inputs, accepted, errors);
}
