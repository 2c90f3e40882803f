#include "receive-ring.h"

/*
 * More than the longest frame of the protocol, 1044 bytes with its zeros, which may arrive while the kernel computes.
 */
#define RING_BYTES 2048u

static uint8_t ring[RING_BYTES];
/* Both count up and never reset; their difference is the number of bytes in the ring. Each has one writer. */
static volatile uint32_t written;
static volatile uint32_t taken;

void receive_ring_put(uint8_t byte) {
  const uint32_t at = written;
  if (at - taken == RING_BYTES) return;
  ring[at % RING_BYTES] = byte;
  written = at + 1;
}

int receive_ring_take(void) {
  const uint32_t at = taken;
  if (at == written) return -1;
  const int byte = ring[at % RING_BYTES];
  taken = at + 1;
  return byte;
}

bool receive_ring_empty(void) { return taken == written; }
