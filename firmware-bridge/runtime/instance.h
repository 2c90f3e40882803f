/**
 * The kernel of a board: one, in static variables. Macros of this name stand in wasm2c's translation and in wasm-rt.h;
 * library/instance.h has others.
 */
#ifndef SPIKEWORD_INSTANCE_H
#define SPIKEWORD_INSTANCE_H

#include "kernel.h"

/** What functions take and pass on to find the kernel: nothing. */
#define WASM_SELF
#define WASM_SELF_ONLY void
#define WASM_PASS
#define WASM_PASS_ONLY
#define WASM_EXPORT
#define WASM_DEFINE_GLOBALS static Z_kernel_instance_t wasm_globals;
#define WASM_GLOBALS wasm_globals

extern u8 wasm_ram[KERNEL_RAM_BYTES + WASM_MARGIN];
extern const u8 *wasm_window;
/**
 * At how many positions in the window an access of 1, 2, 4 or 8 bytes may begin: length + 1 − size, or 0. One
 * comparison with this checks both ends.
 */
extern u32 wasm_window_starts[4];

/** Ends the call into the kernel. `address` is the address of a bad access. */
_Noreturn void wasm_rt_trap(enum kernel_trap_reason reason, u32 address);

#endif
