/* Prints the words in raw sound on stdin: 16-bit, mono, 16 kHz. With --selftest: whether this build computes right. */
#include <stdio.h>
#include <string.h>

#include "spikeword_@NAME@.h"

static spikeword ear;

int main(int count, char **arguments) {
  int16_t samples[320];
  size_t got;
  spikeword_detection found;
  if (spikeword_init(&ear, spikeword_ @NAME @, SPIKEWORD_ @CAPS @_BYTES) != SPIKEWORD_OK) {
    fprintf(stderr, "%s\n", spikeword_message(&ear));
    return 1;
  }
  if (count > 1 && strcmp(arguments[1], "--selftest") == 0) {
    const spikeword_status status = spikeword_selftest(&ear, &spikeword_ @NAME @_test);
    puts(spikeword_message(&ear));
    return status == SPIKEWORD_OK ? 0 : 1;
  }
  while ((got = fread(samples, sizeof samples[0], 320, stdin)) > 0) {
    if (spikeword_push(&ear, samples, (uint32_t)got, &found))
      printf("%.2f s  %s  %.2f\n", (double)found.samples / SPIKEWORD_SAMPLE_RATE, spikeword_word(&ear, found.word),
             found.score / 65535.0);
  }
  return 0;
}
