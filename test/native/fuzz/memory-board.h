/** A board in memory: its flash fails now and then, and its answers can be checked. */
#ifndef FUZZ_MEMORY_BOARD_H
#define FUZZ_MEMORY_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#define BOARD_SLOT 16384

/** The flash, which a program may damage. */
extern uint8_t board_flash[2 * BOARD_SLOT];

/** One in this many flash operations fails; 0 for none. */
extern uint32_t board_faults;

/** Frames and bytes that the board has sent. */
extern uint32_t board_sent_frames;

/** Returns the last packet that was sent, and its length. */
const uint8_t *board_last_packet(uint32_t *length);

#endif
