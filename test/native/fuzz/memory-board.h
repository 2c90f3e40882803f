/** A board in memory: flash that fails now and then, and a line whose answers are looked at. */
#ifndef FUZZ_MEMORY_BOARD_H
#define FUZZ_MEMORY_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#define BOARD_SLOT 16384

/** The flash, to be damaged. */
extern uint8_t board_flash[2 * BOARD_SLOT];

/** Flash operations fail one in so many times; 0 for never. */
extern uint32_t board_faults;

/** Frames and bytes that the board has sent. */
extern uint32_t board_sent_frames;

/** The packet that was sent last, and its length. */
const uint8_t *board_last_packet(uint32_t *length);

#endif
