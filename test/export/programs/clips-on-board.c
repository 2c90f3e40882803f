/*
 * The library on an emulated board: the self test, then the clips in the file of the emulation, one second each. The
 * serial port tells the status of the self test, and of each clip the word, the timesteps that it took, the scores, and
 * the spikes and operations of each layer.
 */
#include "boards/shared/semihosting.h"
#include "tell.h"
#include MODEL_HEADER

static spikeword ear;

int main(void) {
  static int16_t samples[16000];
  static uint32_t header[2];
  hal_start();
  spikeword_init(&ear, MODEL, sizeof MODEL);
  tell("clip ");
  tell_number((uint64_t)spikeword_selftest(&ear, &TEST));
  tell("\n");
  const int32_t file = semihosting_open();
  semihosting_read(file, 0, header, 4);
  for (uint32_t at = 0; at < header[0]; at += 16000) {
    semihosting_read(file, 4 + 2 * at, samples, sizeof samples);
    tell("clip ");
    tell_number((uint32_t)spikeword_classify(&ear, samples, 16000));
    tell_number(spikeword_timesteps(&ear));
    for (int32_t k = 0; k < spikeword_words(&ear); k++) tell_number((uint32_t)spikeword_score(&ear, k));
    for (int32_t k = 0; k < spikeword_layers(&ear); k++) {
      tell_number(spikeword_spikes(&ear, k));
      tell_number(spikeword_operations(&ear, k));
    }
    tell("\n");
  }
  tell("end\n");
  for (;;) hal_wait();
}
