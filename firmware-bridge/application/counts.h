/** Counts of what arrived over the line since boot. */
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
};

/** Written by the session, read by STATISTICS. */
extern struct counts counts;

#endif
