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
};

/** Reads the environment; ends the process with a message if a value is not valid. */
struct options options_read(void);

#endif
