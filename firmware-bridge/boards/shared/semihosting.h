/**
 * Files and clock of the computer that emulates or debugs the board (ARM and RISC-V semihosting). On a board without a
 * debugger each call returns −1: the fault handler steps over the instruction.
 */
#ifndef SPIKEWORD_SEMIHOSTING_H
#define SPIKEWORD_SEMIHOSTING_H

#include <stdbool.h>
#include <stdint.h>

/** Opens the file named on the command line of the emulation for reading and writing. Returns a handle, or −1. */
int32_t semihosting_open(void);

/** True if all `length` bytes were transferred. */
bool semihosting_read(int32_t file, uint32_t position, void *to, uint32_t length);
bool semihosting_write(int32_t file, uint32_t position, const void *from, uint32_t length);

/** Returns a number from the computer's clocks, to tell boots apart; ~0 without a computer. */
uint32_t semihosting_clock(void);

#endif
