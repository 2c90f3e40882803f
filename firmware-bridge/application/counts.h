/** What the board has done since boot. */
#ifndef SPIKEWORD_COUNTS_H
#define SPIKEWORD_COUNTS_H

#include <stdint.h>

struct counts {
  /** Requests that were done. */
  uint32_t requests;
  uint32_t repeats;
  uint32_t late;
  /** Runs of bytes that were not a frame. */
  uint32_t dropped;
  /** Requests with the nonce of another boot. */
  uint32_t restarted;
  uint32_t inferences;
};

/** Read by STATISTICS. */
extern struct counts counts;

#endif
