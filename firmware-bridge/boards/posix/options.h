/**
 * Environment variables by which a test sets up the board that runs as a process:
 *
 *   SPIKEWORD_FLASH        file with the content of the flash; created, as erased flash, if it does not exist
 *   SPIKEWORD_SLOT         bytes of a slot, 131072 by default
 *   SPIKEWORD_SECTOR       bytes of a sector, 4096 by default
 *   SPIKEWORD_UNIT         bytes of a unit of programming, 4 by default
 *   SPIKEWORD_FLASH_LOG    file to which a line is added for each flash operation
 *   SPIKEWORD_CUT          N:before|half|after:SEED, cuts the power at the N-th flash operation, counted from 0; the
 *                          seed decides how much of a half-done operation is done
 *   SPIKEWORD_STUCK        ADDRESS:0|1, the lowest bit of this byte of flash is stuck at 0 or 1
 *   SPIKEWORD_MICROPHONE   file with the sound that the microphone records, int16 little-endian, and then nothing; no
 *                          microphone without it
 *   SPIKEWORD_MICROPHONE_RATE
 *                          samples per second, of which those without room in the ring are lost; by default the sound
 *                          waits for the board
 *   SPIKEWORD_MICROPHONE_STALL
 *                          AT:COUNT, after AT samples COUNT more come at once, as if the board had been busy for so
 *                          long
 */
#ifndef SPIKEWORD_POSIX_OPTIONS_H
#define SPIKEWORD_POSIX_OPTIONS_H

#include <stdint.h>

enum cut { CUT_NEVER, CUT_BEFORE, CUT_HALF, CUT_AFTER };

struct options {
  const char *flash;
  const char *log;
  uint32_t slot, sector, unit;
  enum cut cut;
  uint32_t cut_at, cut_seed;
  /** −1 for none. */
  int64_t stuck;
  uint32_t stuck_value;
  const char *microphone;
  /** 0 if the sound waits. */
  uint32_t microphone_rate;
  /** No stall if the count is 0. */
  uint32_t stall_at, stall_count;
};

/** Reads the environment; ends the process with a message if a value is not valid. */
struct options options_read(void);

#endif
