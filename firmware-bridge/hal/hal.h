/**
 * What a board provides to the application: a byte stream, a microphone, time, a counter of work, flash for models, and
 * its sizes.
 * Each folder under boards/ implements all of this; docs/boards.md says how to write one.
 */
#ifndef SPIKEWORD_HAL_H
#define SPIKEWORD_HAL_H

#include <stdbool.h>
#include <stdint.h>

#include "../generated.h"

/** Starts clock, serial port, counter and flash. main calls it once, before anything else. */
void hal_start(void);

/* Serial port: 8 data bits, no parity, 1 stop bit, at BAUD_RATE where there is a wire. This rate carries 50 kB per
   second, of which samples at 16 kHz take two thirds. Whole-number divisors of common UART clocks come within 2 % of
   it. */

/**
 * Returns the next received byte, or −1 if there is none now; never waits. The ring of waiting bytes has room for a
 * whole frame.
 */
int hal_receive(void);

/** Sends all bytes; returns when the hardware has taken the last one. */
void hal_send(const uint8_t *bytes, uint32_t length);

/** Saves power until there is a byte, or the microphone is ready; may return earlier. */
void hal_wait(void);

/* Microphone: int16 samples at 16 kHz, which an interrupt puts in a ring. boards/shared/no-microphone.c is for boards
   without one. */

/** Whether the board has a microphone. */
bool hal_microphone(void);

/** Switches it on, with nothing recorded and nothing lost yet, or off. It is off at the start. */
void hal_microphone_switch(bool on);

/**
 * Takes the next `count` samples, at most HOP_SAMPLES, if so many are there: all or none. They follow those before
 * without a gap. Where samples were lost, because the ring was full, it returns false once all before the gap are
 * taken, and hal_microphone_lost has then counted the gap.
 */
bool hal_microphone_take(int16_t *samples, uint32_t count);

/** Whether as many samples are there as the last hal_microphone_take wanted, or a gap: for hal_wait. */
bool hal_microphone_ready(void);

/** Samples that were lost since the microphone was switched on, modulo 2^32. */
uint32_t hal_microphone_lost(void);

/** Called when the board has detected a word by itself: a board may show it. `score` is 0 to 65535. */
void hal_detected(uint32_t class, uint32_t score);

/* The board. */

/** The board's name, as in `spikeword board list`. */
const char *hal_board(void);

/** A number that differs between boots, if anything on the board differs between them. Never 0. */
uint32_t hal_nonce(void);

/** Restarts the board as after power-on. */
_Noreturn void hal_restart(void);

/* Time. */

/** Ticks since hal_start; they never go backwards. */
uint64_t hal_ticks(void);
uint32_t hal_ticks_per_second(void);

/* A counter of work: the same work gives the same difference. */

/** Instructions or cycles so far; hal_count_unit says which. */
uint64_t hal_count(void);
uint8_t hal_count_unit(void);

/**
 * Puts the counter in a fixed phase. Call it just before work whose count must be the same, to the unit, every time.
 * May wait for up to a millisecond.
 */
void hal_count_align(void);

/*
 * Flash for models: two slots at addresses 0 … 2 · slot size − 1, separate from the flash of the firmware. Erased bytes
 * read 0xff, and programming only clears bits. The effect of a call that returned true survives a power cut.
 */

/** Bytes of one slot, a multiple of the sector size. */
uint32_t hal_flash_slot_size(void);
/** Bytes that one erase clears; all sectors have the same size. */
uint32_t hal_flash_sector_size(void);
/** The unit of programming: addresses and lengths are multiples of it. A power of two, at most 256. */
uint32_t hal_flash_program_size(void);

/* Each returns false without any effect outside the model area or at an unaligned place, and false if flash failed. */

bool hal_flash_read(uint32_t address, void *to, uint32_t length);
/** Erases the sector that begins at `address`. */
bool hal_flash_erase(uint32_t address);
bool hal_flash_program(uint32_t address, const void *from, uint32_t length);

/**
 * Returns memory, aligned to 4, with the `length` bytes of flash from `address`: the flash itself if the processor sees
 * it, otherwise a copy in RAM. Valid until the next map, erase or program. NULL outside the model area, or if the copy
 * has no room.
 */
const uint8_t *hal_flash_map(uint32_t address, uint32_t length);

/* Sizes. */

/** All RAM that the firmware was linked for, including the stack. */
uint32_t hal_ram_bytes(void);
uint32_t hal_stack_bytes(void);
/** The most bytes of stack in use since boot; the startup code paints the stack before main. */
uint32_t hal_stack_high_water(void);
/** Bytes of program memory that the firmware uses: code, constants and initial data. */
uint32_t hal_firmware_bytes(void);

#endif
