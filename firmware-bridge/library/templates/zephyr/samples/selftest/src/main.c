/* Says whether this board, with this compiler, computes what the maker of the model computed. */
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

#include "spikeword_NAME.h"

static spikeword ear;

int main(void) {
  spikeword_init(&ear, spikeword_model_NAME, SPIKEWORD_BYTES_NAME);
  spikeword_selftest(&ear, &spikeword_test_NAME);
  printk("%s\n", spikeword_message(&ear));
  return 0;
}
