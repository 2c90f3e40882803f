/** How a request went. */
#ifndef SPIKEWORD_PACKET_H
#define SPIKEWORD_PACKET_H

#include <stdint.h>

#include "generated.h"

/** OK, or an error with its two numbers. */
struct outcome {
  uint32_t status;
  uint32_t detail;
  uint32_t other;
};

static inline struct outcome failed(enum status status, uint32_t detail, uint32_t other) {
  return (struct outcome){status, detail, other};
}

static inline struct outcome done(void) { return (struct outcome){OK, 0, 0}; }

#endif
