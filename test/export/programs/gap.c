/*
 * Hears the raw sound on stdin, of which so many samples as the second argument says are lost after those of the first.
 * Prints word and samples of each detection.
 */
#include <stdio.h>
#include <stdlib.h>

#include MODEL_HEADER

static spikeword ear;

int main(int count, char **arguments) {
  (void)count;
  int16_t sample;
  spikeword_detection found;
  const uint64_t gap = (uint64_t)atoi(arguments[1]);
  spikeword_init(&ear, MODEL, sizeof MODEL);
  for (uint64_t at = 0; fread(&sample, 2, 1, stdin) == 1; at++) {
    if (at == gap) spikeword_gap(&ear, (uint64_t)atoi(arguments[2]));
    if (spikeword_push(&ear, &sample, 1, &found))
      printf("%d %llu\n", (int)found.word, (unsigned long long)found.samples);
  }
  return 0;
}
