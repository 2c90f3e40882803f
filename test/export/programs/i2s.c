/* Converts the I2S frames on stdin: bits, slots, slot, shift as arguments. */
#include <stdio.h>
#include <stdlib.h>

#include "spikeword.h"

int main(int count, char **arguments) {
  static uint8_t frames[65536];
  (void)count;
  const spikeword_i2s format = {(uint8_t)atoi(arguments[1]), (uint8_t)atoi(arguments[2]), (uint8_t)atoi(arguments[3]),
                                (uint8_t)atoi(arguments[4])};
  const size_t bytes = fread(frames, 1, sizeof frames, stdin);
  const uint32_t number = (uint32_t)(bytes / (format.bits / 8u * format.slots));
  int16_t *samples = (int16_t *)frames; /* in place */
  spikeword_from_i2s(&format, frames, number, samples);
  for (uint32_t k = 0; k < number; k++) printf("%d\n", samples[k]);
  return 0;
}
