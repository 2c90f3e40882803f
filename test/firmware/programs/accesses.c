/*
 * Runs accesses.wat in the runtime on this computer, one access a line of input: kind, address, value. Prints what came
 * back, why it trapped and where, and what RAM holds at 1024.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kernel.h>

#define WINDOW_BYTES 100

int main(void) {
  /* From the heap and no longer than the window: AddressSanitizer sees a byte read behind it. */
  uint8_t *window = aligned_alloc(4, WINDOW_BYTES);
  for (int k = 0; k < WINDOW_BYTES; k++) window[k] = (uint8_t)(k + 1);
  uint32_t kind, address, value;
  while (scanf("%" SCNu32 " %" SCNu32 " %" SCNu32, &kind, &address, &value) == 3) {
    kernel_start();
    kernel_bind(window, WINDOW_BYTES);
    memcpy(kernel_ram(16, 4), &address, 4);
    memcpy(kernel_ram(20, 4), &value, 4);
    const int32_t result = kernel_push((int32_t)kind);
    uint32_t word;
    memcpy(&word, kernel_ram(1024, 4), 4);
    printf("%" PRId32 " %d %" PRIu32 " %" PRIu32 "\n", result, kernel_trap(), kernel_trap_address(), word);
  }
  free(window);
  return 0;
}
