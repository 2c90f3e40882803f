/* Says whether this board, with this compiler, computes what the maker of the model computed. */
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

#include "spikeword_MODEL.h"

static spikeword ear;

int main(void) {
  spikeword_init(&ear, spikeword_MODEL, SPIKEWORD_MODEL_BYTES);
  spikeword_selftest(&ear, &spikeword_MODEL_test);
  printk("%s\n", spikeword_message(&ear));
  return 0;
}
