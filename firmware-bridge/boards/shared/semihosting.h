/**
 * Files and clock of the computer that emulates or debugs the board (ARM and RISC-V semihosting). On a board without a
 * debugger each call returns −1: the fault handler steps over the instruction.
 */
#ifndef SPIKEWORD_SEMIHOSTING_H
#define SPIKEWORD_SEMIHOSTING_H

#include <stdbool.h>
#include <stdint.h>

/** Opens the file that the command line of the emulation names, to read and write. A handle, or −1. */
int32_t semihosting_open(void);

/** True when all `length` bytes went over. */
bool semihosting_read(int32_t file, uint32_t position, void *to, uint32_t length);
bool semihosting_write(int32_t file, uint32_t position, const void *from, uint32_t length);

/** A number from the computer's clocks, to tell boots apart; ~0 without one. */
uint32_t semihosting_clock(void);

#endif
