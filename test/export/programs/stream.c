/*
 * Hears the raw sound on stdin twice at once, in pieces of random sizes: with spikeword_push and, in another listener,
 * with spikeword_take and spikeword_step. Prints the detections of the first, and what is known of its last result.
 * Exits with 1 if the two differ.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include MODEL_HEADER

static spikeword pushed, sliced;
static spikeword_detection all[2][10000];
static size_t detections[2];

static uint32_t now(void) {
  static uint32_t time = 0xffffff00u;
  return time += 10;
}

int main(int count, char **arguments) {
  static int16_t samples[20000];
  uint32_t random = (uint32_t)atoi(count > 1 ? arguments[1] : "1");
  if (spikeword_init(&pushed, MODEL, sizeof MODEL) != SPIKEWORD_OK ||
      spikeword_init(&sliced, MODEL, sizeof MODEL) != SPIKEWORD_OK) {
    puts(spikeword_message(&pushed));
    return 1;
  }
  spikeword_clock(&pushed, now, 1000000);
  uint32_t most_steps = 0;
  for (;;) {
    random = random * 1664525u + 1013904223u;
    size_t got = fread(samples, 2, 1 + (random >> 16) % (random % 2 ? 300 : 20000), stdin);
    if (got == 0) break;
    /* a piece may have several words: one at a time */
    for (size_t at = 0; at < got; at += 1000) {
      const size_t length = got - at < 1000 ? got - at : 1000;
      if (spikeword_push(&pushed, samples + at, (uint32_t)length, &all[0][detections[0]])) detections[0]++;
    }
    const int16_t *from = samples;
    while (got > 0) {
      const uint32_t taken = spikeword_take(&sliced, from, (uint32_t)got);
      from += taken;
      got -= taken;
      uint32_t steps = 0;
      while (spikeword_step(&sliced)) steps++;
      if (steps > most_steps) most_steps = steps;
      if (spikeword_found(&sliced, &all[1][detections[1]])) detections[1]++;
    }
  }
  for (size_t k = 0; k < detections[0]; k++)
    printf("%d %d %llu\n", (int)all[0][k].word, all[0][k].score, (unsigned long long)all[0][k].samples);
  /* of the last result: spikes and operations of each layer, score and probability of each word */
  for (int32_t k = 0; k < spikeword_layers(&pushed); k++)
    printf("layer %u %u\n", (unsigned)spikeword_spikes(&pushed, k), (unsigned)spikeword_operations(&pushed, k));
  for (int32_t k = 0; k < spikeword_words(&pushed); k++)
    printf("class %d %u\n", (int)spikeword_score(&pushed, k), (unsigned)spikeword_probability(&pushed, k));
  fprintf(stderr, "%u steps, load %u, %s, %s\n", (unsigned)most_steps, (unsigned)spikeword_load(&pushed),
          spikeword_message(&pushed), spikeword_message(&sliced));
  return detections[0] != detections[1] || memcmp(all[0], all[1], sizeof all[0]) != 0;
}
