#include "kernel.h"

#include <setjmp.h>
#include <stddef.h>

#include "kernel-wasm.h"

u8 wasm_ram[KERNEL_RAM_BYTES + WASM_MARGIN] __attribute__((aligned(16)));
const u8 *wasm_window;
u32 wasm_window_starts[4];

static u32 window_length;
static enum kernel_trap_reason trap;
static u32 trap_address;
static jmp_buf trap_target;

_Noreturn void wasm_rt_trap(enum kernel_trap_reason reason, u32 address) {
  trap = reason;
  trap_address = address;
  longjmp(trap_target, 1);
}

/*
 * True if the kernel may be called; after a trap it returns a second time, with false. A macro, because setjmp must run
 * in a function whose frame still exists when the trap comes.
 */
#define KERNEL_CALLABLE() (trap == KERNEL_TRAP_NONE && setjmp(trap_target) == 0)

void kernel_start(void) {
  trap = KERNEL_TRAP_NONE;
  trap_address = 0;
  kernel_bind(NULL, 0);
  memset(wasm_ram, 0, sizeof wasm_ram);
  if (KERNEL_CALLABLE()) Z_kernel_instantiate();
}

bool kernel_bind(const uint8_t *model, uint32_t length) {
  const bool valid = model != NULL && (uintptr_t)model % 4 == 0 && length <= INT32_MAX - KERNEL_WINDOW;
  wasm_window = valid ? model : NULL;
  window_length = valid ? length : 0;
  for (u32 k = 0; k < 4; k++) {
    const u32 size = UINT32_C(1) << k;
    wasm_window_starts[k] = window_length >= size ? window_length - size + 1 : 0;
  }
  return valid;
}

int32_t kernel_load(void) {
  if (!KERNEL_CALLABLE()) return KERNEL_TRAPPED;
  return (int32_t)Z_kernelZ_load(KERNEL_WINDOW, window_length, KERNEL_RAM_BYTES);
}

int32_t kernel_check(uint32_t length) {
  if (!KERNEL_CALLABLE()) return KERNEL_TRAPPED;
  return (int32_t)Z_kernelZ_check(KERNEL_WINDOW, window_length, length, KERNEL_RAM_BYTES);
}

uint32_t kernel_query(int32_t key) {
  if (!KERNEL_CALLABLE()) return 0;
  return Z_kernelZ_query((u32)key);
}

void kernel_reset(void) {
  if (KERNEL_CALLABLE()) Z_kernelZ_reset();
}

int32_t kernel_push(int32_t count) {
  if (!KERNEL_CALLABLE()) return KERNEL_TRAPPED;
  return (int32_t)Z_kernelZ_push((u32)count);
}

int32_t kernel_listen(int32_t count) {
  if (!KERNEL_CALLABLE()) return KERNEL_TRAPPED;
  /* as the kernel's listen, which would be a second copy of these two */
  const int32_t completed = (int32_t)Z_kernelZ_hear((u32)count);
  if (completed < 1) return completed;
  while ((int32_t)Z_kernelZ_work() > 0) continue;
  return Z_kernelZ_query(QUERY_FRAMES_READY) >= Z_kernelZ_query(QUERY_FRAMES);
}

int32_t kernel_infer(void) {
  if (!KERNEL_CALLABLE()) return KERNEL_TRAPPED;
  return (int32_t)Z_kernelZ_infer();
}

void kernel_begin(void) {
  if (KERNEL_CALLABLE()) Z_kernelZ_begin();
}

int32_t kernel_step(void) {
  if (!KERNEL_CALLABLE()) return KERNEL_TRAPPED;
  return (int32_t)Z_kernelZ_step();
}

void kernel_stem_current(uint32_t position) {
  if (KERNEL_CALLABLE()) Z_kernelZ_stemCurrent(position);
}

uint32_t kernel_abi_version(void) {
  if (!KERNEL_CALLABLE()) return 0;
  return Z_kernelZ_abiVersion();
}

uint8_t *kernel_ram(uint32_t address, uint32_t length) {
  return address <= KERNEL_RAM_BYTES && length <= KERNEL_RAM_BYTES - address ? wasm_ram + address : NULL;
}

uint32_t kernel_ram_bytes(void) { return KERNEL_RAM_BYTES; }

enum kernel_trap_reason kernel_trap(void) { return trap; }

uint32_t kernel_trap_address(void) { return trap_address; }
