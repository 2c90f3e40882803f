/* Says whether this board, with this compiler, computes what the maker of the model computed. */
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

#include "spikeword_@NAME@.h"

static spikeword ear;

int main(void) {
  if (spikeword_init(&ear, spikeword_ @NAME @, SPIKEWORD_ @CAPS @_BYTES) == SPIKEWORD_OK)
    spikeword_selftest(&ear, &spikeword_ @NAME @_test);
  printk("%s\n", spikeword_message(&ear));
  return 0;
}
