/*
 * Prints the words in raw sound on stdin: 16-bit, mono, 16 kHz. A model that does not listen recognises its first
 * second. With --selftest: says whether this build computes what the maker of the model computed.
 */
#include <stdio.h>
#include <string.h>

#include "spikeword_NAME.h"

static spikeword ear;
static int16_t samples[SPIKEWORD_SAMPLE_RATE];

int main(int count, char **arguments) {
  size_t got;
  spikeword_detection found;
  spikeword_status status = spikeword_init(&ear, spikeword_model_NAME, SPIKEWORD_BYTES_NAME);
  if (count > 1 && strcmp(arguments[1], "--selftest") == 0) {
    status = spikeword_selftest(&ear, &spikeword_test_NAME);
    puts(spikeword_message(&ear));
    return status == SPIKEWORD_OK ? 0 : 1;
  }
  if (status == SPIKEWORD_CANNOT_LISTEN) {
    got = fread(samples, 2, SPIKEWORD_SAMPLE_RATE, stdin);
    puts(spikeword_word(&ear, spikeword_classify(&ear, samples, (uint32_t)got)));
    return 0;
  }
  if (status != SPIKEWORD_OK) {
    fprintf(stderr, "%s\n", spikeword_message(&ear));
    return 1;
  }
  while ((got = fread(samples, 2, 320, stdin)) > 0) {
    if (!spikeword_push(&ear, samples, (uint32_t)got, &found)) continue;
    printf("%.2f s  %s  %.2f\n", (double)found.samples / SPIKEWORD_SAMPLE_RATE, spikeword_word(&ear, found.word),
           found.score / 65535.0);
  }
  return 0;
}
