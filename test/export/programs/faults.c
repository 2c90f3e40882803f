/*
 * What the library says and does when something is wrong. The first argument says what; prints status and message, and
 * at last what a listener that begins again says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include MODEL_HEADER

static spikeword ear;
static uint8_t copy[sizeof MODEL + 16] __attribute__((aligned(16)));
static int16_t sound[32000];
static spikeword_detection found;

static int said(int status) {
  printf("%d %s\n", status, spikeword_message(&ear));
  return status;
}

int main(int count, char **arguments) {
  const char *what = count > 1 ? arguments[1] : "";
  memcpy(copy, MODEL, sizeof MODEL);
  if (strcmp(what, "damaged") == 0) {
    copy[1000] ^= 1;
    said(spikeword_init(&ear, copy, sizeof MODEL));
  } else if (strcmp(what, "foreign") == 0) {
    said(spikeword_init(&ear, "RIFF....WAVE", 12));
    said(spikeword_init(&ear, copy, 3));
  } else if (strcmp(what, "cut") == 0) {
    said(spikeword_init(&ear, copy, sizeof MODEL - 4));
  } else if (strcmp(what, "unaligned") == 0) {
    memmove(copy + 1, copy, sizeof MODEL);
    said(spikeword_init(&ear, copy + 1, sizeof MODEL));
    said(spikeword_init(&ear, NULL, 0));
  } else if (strcmp(what, "version") == 0) {
    copy[4] = 9;
    said(spikeword_init(&ear, copy, sizeof MODEL));
  } else if (strcmp(what, "overwritten") == 0) {
    /* something else wrote over the state: the table of rings points nowhere */
    said(spikeword_init(&ear, copy, sizeof MODEL));
    for (uint32_t seed = 1; seed < 200; seed++) {
      spikeword_init(&ear, copy, sizeof MODEL);
      uint32_t random = seed;
      for (uint32_t at = sizeof ear - SPIKEWORD_RAM_BYTES; at < sizeof ear; at++) {
        random = random * 1664525u + 1013904223u;
        if (at % 64 == seed % 64) ear.bytes[at] = (uint8_t)(random >> 24);
      }
      spikeword_push(&ear, sound, 32000, &found);
      if (spikeword_selftest(&ear, &TEST) == SPIKEWORD_STOPPED) break;
    }
    said(spikeword_selftest(&ear, &TEST));
    printf("%u\n", (unsigned)spikeword_take(&ear, sound, 320));
  } else if (strcmp(what, "clip") == 0) {
    said(spikeword_init(&ear, copy, sizeof MODEL));
    printf("%d\n", (int)spikeword_classify(&ear, sound, 16000));
    spikeword_push(&ear, sound, 1000, &found);
    said(0);
    spikeword_reset(&ear);
    spikeword_push(&ear, sound, 1000, &found);
    said(0);
  } else if (strcmp(what, "words") == 0) {
    said(spikeword_init(&ear, copy, sizeof MODEL));
    for (int word = -1; word <= spikeword_words(&ear); word++)
      printf("%d [%s] %d\n", word, spikeword_word(&ear, word), (int)spikeword_threshold(&ear, word));
    spikeword_set_threshold(&ear, 0, 12345);
    spikeword_set_threshold(&ear, 100, 1);
    printf("%d\n", (int)spikeword_threshold(&ear, 0));
  }
  spikeword_init(&ear, MODEL, sizeof MODEL);
  return said(spikeword_selftest(&ear, &TEST));
}
