/**
 * The inference kernel: assembly/inference, compiled to WebAssembly, translated to C by wasm2c and run in its own
 * memory. docs/model-format.md has the order of calls, the keys of query and the errors of load. Addresses are those of
 * the kernel's linear memory: RAM from 0, and the model, read-only, from KERNEL_WINDOW.
 *
 * A trap (an access outside both, a division by zero, an unreachable instruction) ends the call at once. The call
 * returns KERNEL_TRAPPED, kernel_trap says why, and every further call returns the same until kernel_start.
 */
#ifndef SPIKEWORD_KERNEL_H
#define SPIKEWORD_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "../generated.h"

/** Returned only after a trap: results of the kernel are ≥ −1 and its errors are small. */
#define KERNEL_TRAPPED INT32_MIN

/** Clears the kernel's RAM, writes its initial data, and forgets the model and the trap. */
void kernel_start(void);

/**
 * Points the read-only window at a model: `model` must be aligned to 4, and `length` bytes must be readable until the
 * next bind. Returns false and leaves the window empty if `model` is NULL or not aligned, or if the window would pass
 * 2^31. Does not check the model; kernel_load does.
 */
bool kernel_bind(const uint8_t *model, uint32_t length);

/** Checks the bound model and lays out RAM for it. Returns 0, or an error of docs/model-format.md. */
int32_t kernel_load(void);

/**
 * Checks the bound bytes as the start of a model file of `length` bytes, and the RAM that the model would need. Returns
 * 0, or the error that kernel_load would give. Leaves no model loaded.
 */
int32_t kernel_check(uint32_t length);

/** Returns an address, a size or a result; 0 after a trap. */
uint32_t kernel_query(int32_t key);

/** Starts a clip: the next sample is its first. */
void kernel_reset(void);

/** Takes `count` int16 samples from the sample buffer; returns how many frames they completed, −1 if refused. */
int32_t kernel_push(int32_t count);

/**
 * Takes samples like kernel_push and follows the stream with a network that listens. Returns 1 if there are new scores,
 * 0 if not, −1 if refused.
 */
int32_t kernel_listen(int32_t count);

/** Recognises the features; returns the class, −1 without a model. */
int32_t kernel_infer(void);

/** Recognise the features one layer at a time; kernel_step returns how many steps are left, −1 without a model. */
void kernel_begin(void);
int32_t kernel_step(void);

/** Writes the stem's currents at one position, i32[channels], to CURRENTS. */
void kernel_stem_current(uint32_t position);

/** The version of the kernel's ABI. */
uint32_t kernel_abi_version(void);

/** Returns the kernel's RAM from `address`, or NULL if [address, address + length) is not all in RAM. */
uint8_t *kernel_ram(uint32_t address, uint32_t length);

/** Bytes of the kernel's RAM. */
uint32_t kernel_ram_bytes(void);

/** Why the last call trapped, and the address of the access for KERNEL_TRAP_OUT_OF_BOUNDS. */
enum kernel_trap_reason kernel_trap(void);
uint32_t kernel_trap_address(void);

#endif
