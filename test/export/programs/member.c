/* A listener in a structure, at a place that is only as aligned as it must be; calls without a place for an answer. */
#include <stdio.h>
#include <stdlib.h>

#include MODEL_HEADER

struct device {
  uint64_t id;
  spikeword ear;
};

int main(void) {
  static int16_t sound[32000];
  struct device *device = malloc(sizeof *device);
  if (device == NULL || spikeword_init(&device->ear, MODEL, sizeof MODEL) != SPIKEWORD_OK) return 1;
  for (int k = 0; k < 32000; k++) sound[k] = (int16_t)(k * 7919 % 9973);
  spikeword_push(&device->ear, NULL, 0, NULL);
  if (spikeword_take(&device->ear, NULL, 0) != 0) return 2;
  spikeword_push(&device->ear, sound, 32000, NULL);
  const spikeword_status status = spikeword_selftest(&device->ear, &TEST);
  puts(spikeword_message(&device->ear));
  free(device);
  return (int)status;
}
