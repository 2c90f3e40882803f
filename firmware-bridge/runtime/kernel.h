/**
 * The inference kernel: assembly/inference, compiled to WebAssembly, translated to C by wasm2c and run in a memory of
 * its own. docs/model-format.md has the order of calls, the keys of query and the errors of load; addresses are those
 * of the kernel's linear memory, RAM from 0 and the model, read-only, from KERNEL_WINDOW.
 *
 * A trap (an access outside both, a division by zero, an unreachable instruction) ends the call at once: it returns
 * KERNEL_TRAPPED, kernel_trap says why, and every further call returns the same until kernel_start.
 */
#ifndef SPIKEWORD_KERNEL_H
#define SPIKEWORD_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "../generated.h"

/** Where the model begins in the kernel's memory. */
#define KERNEL_WINDOW UINT32_C(65536)

/** No function of the kernel returns this otherwise: its results are ≥ −1, its errors small. */
#define KERNEL_TRAPPED INT32_MIN

/** Clears the kernel's RAM, writes its initial data and forgets model and trap. */
void kernel_start(void);

/**
 * Sets the read-only window onto a model: `model` aligned to 4 and readable for `length` bytes until the next bind.
 * False, leaving an empty window, where that does not hold or the window would pass 2^31. kernel_load checks the model.
 */
bool kernel_bind(const uint8_t *model, uint32_t length);

/** Checks the bound model and lays out RAM for it: 0, or an error as in docs/model-format.md. */
int32_t kernel_load(void);

/**
 * Checks what is bound as the first bytes of a model file of `length` bytes, and the RAM that it would need: 0, or the
 * error that kernel_load would give. Leaves no model loaded.
 */
int32_t kernel_check(uint32_t length);

/** An address, a size or a result; 0 after a trap. */
uint32_t kernel_query(int32_t key);

/** The next sample is the first of a clip. */
void kernel_reset(void);

/** Takes `count` int16 samples from the sample buffer; returns the frames that they completed, −1 if refused. */
int32_t kernel_push(int32_t count);

/** Recognises the features: the class, −1 without a model. */
int32_t kernel_infer(void);

/** The same one layer at a time; kernel_step returns the steps that are left, −1 without a model. */
void kernel_begin(void);
int32_t kernel_step(void);

/** Leaves the currents of one position of the stem, i32[channels], at CURRENTS. */
void kernel_stem_current(uint32_t position);

/** The version of the kernel's ABI. */
uint32_t kernel_abi_version(void);

/** The kernel's RAM from `address`, or NULL if [address, address + length) is not all RAM. */
uint8_t *kernel_ram(uint32_t address, uint32_t length);

/** Bytes of the kernel's RAM. */
uint32_t kernel_ram_bytes(void);

/** Why the last call trapped, and where: the address of the access, for KERNEL_TRAP_OUT_OF_BOUNDS. */
enum kernel_trap_reason kernel_trap(void);
uint32_t kernel_trap_address(void);

#endif
