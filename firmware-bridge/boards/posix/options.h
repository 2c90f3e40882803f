/**
 * What a test asks of the board that is a process, by environment variables:
 *
 *   SPIKEWORD_FLASH        file that holds the flash; made, erased, if it is not there
 *   SPIKEWORD_SLOT         bytes of a slot, 131072
 *   SPIKEWORD_SECTOR       bytes of a sector, 4096
 *   SPIKEWORD_UNIT         bytes of a unit of programming, 4
 *   SPIKEWORD_FLASH_LOG    file to which a line is added for each flash operation
 *   SPIKEWORD_CUT          N:before|half|after:SEED, the power is cut at the N-th flash operation, from 0; what a
 *                          half-done one has done depends on the seed
 *   SPIKEWORD_STUCK        ADDRESS:0|1, a bit of this byte of flash cannot be erased or programmed
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

/** Reads the environment; ends the process with a message if something there makes no sense. */
struct options options_read(void);

#endif
