/**
 * The kernel of the library: as many as the caller wants, each in the caller's memory. Macros of this name stand in
 * wasm2c's translation and in wasm-rt.h; runtime/instance.h has those of firmware.
 */
#ifndef SPIKEWORD_INSTANCE_H
#define SPIKEWORD_INSTANCE_H

#include "../generated.h"
#include "kernel-globals.h"

/** What functions take and pass on to find the kernel. */
#define WASM_SELF struct instance *instance,
#define WASM_SELF_ONLY struct instance *instance
#define WASM_PASS instance,
#define WASM_PASS_ONLY instance
#define WASM_EXPORT static __attribute__((unused))
#define WASM_DEFINE_GLOBALS
#define WASM_GLOBALS instance->globals

#define wasm_ram instance->ram
#define wasm_window instance->window
#define wasm_window_starts instance->window_starts

struct instance {
  /** As in firmware: the model, and at how many positions in it an access of 1, 2, 4 or 8 bytes may begin. */
  const u8 *window;
  u32 window_starts[4];

  /** Where the model's labels begin. */
  u32 labels;
  /** SPIKEWORD_OK, or why nothing works until init. */
  u32 status;
  /** Why the kernel stopped itself, and where it returns to. */
  u32 trap;
  resume_target resume;

  /** Samples heard, the last piece of them included; how many of that piece there are, and how long it becomes. */
  u64 position;
  u32 filled, piece;
  /** Whether the kernel has work, and whether there is a word that the caller has not fetched. */
  bool working, found;
  spikeword_detection detection;

  /** The caller's clock, and what was measured with it: ticks so far, samples so far, and the last load. */
  u32 (*now)(void);
  u32 hz;
  u64 busy;
  u32 timed, load;

  char message[64];
  Z_kernel_instance_t globals;
  u8 ram[KERNEL_RAM_BYTES + WASM_MARGIN] __attribute__((aligned(4)));
} __attribute__((may_alias));

/** Ends the call into the kernel. */
static _Noreturn __attribute__((noinline, cold)) void wasm_rt_trap(WASM_SELF enum kernel_trap_reason reason,
                                                                   u32 address);

#endif
