/**
 * What a board gives to the application: a byte stream, time, a counter of work, flash for models, and numbers about
 * itself. A folder under boards/ implements all of it; docs/boards.md says how to write one.
 */
#ifndef SPIKEWORD_HAL_H
#define SPIKEWORD_HAL_H

#include <stdbool.h>
#include <stdint.h>

#include "../generated.h"

/** Starts clock, serial port, counter and flash. The first call of main, once. */
void hal_start(void);

/* Serial port: 8 data bits, no parity, 1 stop bit, at BAUD_RATE where there is a wire. It carries 50 kB a second, of
   which samples at 16 kHz take two thirds, and whole-number divisors of common UART clocks come within 2 % of it. */

/** The next received byte, or −1 if there is none now. Bytes wait in a ring that holds more than one whole frame. */
int hal_receive(void);

/** Sends all of it; returns when the last byte has been handed to the hardware. */
void hal_send(const uint8_t *bytes, uint32_t length);

/* The board. */

/** The board's name as in `spikeword board list`. */
const char *hal_board(void);

/** A number that differs between boots, for as long as anything on the board differs between boots. Never 0. */
uint32_t hal_nonce(void);

/** Starts again as after power-on. */
_Noreturn void hal_restart(void);

/* Time. */

/** Since hal_start, never running backwards. */
uint64_t hal_ticks(void);
uint32_t hal_ticks_per_second(void);

/* A counter of work: the same work gives the same difference. */

/** Instructions or cycles so far; hal_count_unit says which. */
uint64_t hal_count(void);
uint8_t hal_count_unit(void);

/**
 * Puts the counter in phase: called just before the work whose count is to repeat to the unit. May wait for up to a
 * millisecond.
 */
void hal_count_align(void);

/*
 * Flash for models: two slots at addresses 0 … 2 · slot size − 1, apart from the firmware's own. Erased bytes read
 * 0xff, programming only clears bits, and what has returned true is there after a power cut.
 */

/** Bytes of one slot, a multiple of the sector size. */
uint32_t hal_flash_slot_size(void);
/** Bytes that one erase takes; all sectors are alike. */
uint32_t hal_flash_sector_size(void);
/** Least unit of programming: addresses and lengths are multiples of it. A power of two, at most 256. */
uint32_t hal_flash_program_size(void);

/** Each is false, without effect, outside the model area or off its grid; and false when the flash failed. */
bool hal_flash_read(uint32_t address, void *to, uint32_t length);
/** Erases the sector that begins at `address`. */
bool hal_flash_erase(uint32_t address);
bool hal_flash_program(uint32_t address, const void *from, uint32_t length);

/**
 * Memory that holds `length` bytes of flash from `address`, aligned to 4, until the next map, erase or program: the
 * flash itself where the processor sees it, else a copy in RAM. NULL outside the model area, or where the copy has no
 * room.
 */
const uint8_t *hal_flash_map(uint32_t address, uint32_t length);

/* Sizes. */

/** All RAM that the firmware was linked for, stack included. */
uint32_t hal_ram_bytes(void);
uint32_t hal_stack_bytes(void);
/** The most bytes of stack that were in use since boot; the stack is painted before main. */
uint32_t hal_stack_high_water(void);
/** Bytes of program memory that the firmware takes: code, constants and initial data. */
uint32_t hal_firmware_bytes(void);

#endif
