/*
 * The library on an emulated board: the self test, then the sound in the file of the emulation, for which the board
 * needs no microphone. The serial port tells the detections, and how many instructions all calls and the longest took.
 */
#include "boards/shared/semihosting.h"
#include "tell.h"
#include MODEL_HEADER

static spikeword ear;

static uint64_t spent, longest, inference, longest_inference;

static __attribute__((noinline)) void spend(uint64_t instructions, bool step) {
  spent += instructions;
  inference = step ? inference + instructions : 0;
  if (instructions > longest) longest = instructions;
  if (inference > longest_inference) longest_inference = inference;
}

int main(void) {
  static int16_t samples[640];
  static uint32_t header[2];
  spikeword_detection found;
  hal_start();
  const uint64_t begun = hal_count();
  const spikeword_status status = spikeword_init(&ear, MODEL, sizeof MODEL);
  const uint64_t init = hal_count() - begun;
  tell(status == SPIKEWORD_OK ? "init\n" : spikeword_message(&ear));
  spikeword_selftest(&ear, &TEST);
  tell(spikeword_message(&ear));
  tell("\n");
  const int32_t file = semihosting_open();
  semihosting_read(file, 0, header, 4);
  for (uint32_t at = 0; at < header[0]; at += 640) {
    const uint32_t count = header[0] - at < 640 ? header[0] - at : 640;
    semihosting_read(file, 4 + 2 * at, samples, 2 * count);
    for (uint32_t taken = 0; taken < count;) {
      uint64_t before = hal_count();
      taken += spikeword_take(&ear, samples + taken, count - taken);
      spend(hal_count() - before, false);
      bool more = true;
      while (more) {
        before = hal_count();
        more = spikeword_step(&ear);
        spend(hal_count() - before, true);
      }
    }
    if (!spikeword_found(&ear, &found)) continue;
    tell("word ");
    tell_number((uint64_t)(uint32_t)found.word);
    tell_number(found.score);
    tell_number(found.samples);
    tell("\n");
  }
  tell("spent ");
  tell_number(spent);
  tell_number(longest);
  tell_number(init);
  tell_number(hal_stack_high_water());
  tell_number(longest_inference);
  tell("\nend\n");
  for (;;) hal_wait();
}
