/* Two seconds of silence with a clock that runs by the given ticks at each look; prints the load after every 0.1 s. */
#include <stdio.h>
#include <stdlib.h>

#include MODEL_HEADER

static spikeword ear;
static uint32_t time, step;
static uint32_t now(void) { return time += step; }

int main(int count, char **arguments) {
  static int16_t silence[1600];
  spikeword_detection found;
  (void)count;
  time = (uint32_t)-5;
  step = (uint32_t)atoi(arguments[1]);
  spikeword_init(&ear, MODEL, sizeof MODEL);
  spikeword_clock(&ear, now, (uint32_t)atoi(arguments[2]));
  for (int k = 0; k < 20; k++) {
    spikeword_push(&ear, silence, 1600, &found);
    printf("%u\n", (unsigned)spikeword_load(&ear));
  }
  return 0;
}
