/** Bytes between the interrupt that receives them and the program that takes them: one writer, one reader. */
#ifndef SPIKEWORD_RECEIVE_RING_H
#define SPIKEWORD_RECEIVE_RING_H

#include <stdbool.h>
#include <stdint.h>

/** Called from the interrupt. A byte without room is lost, as on a wire; the frame's CRC then fails. */
void receive_ring_put(uint8_t byte);

/** Returns the next byte, or −1 if there is none. */
int receive_ring_take(void);

bool receive_ring_empty(void);

#endif
