/**
 * The runtime under wasm2c's translation, instead of the one in wabt: integers only, one memory smaller than a page, no
 * table. `host/boards/rewrite-c.ts` replaces wasm2c's own definitions with this file.
 *
 * The memory has two parts, RAM from 0 and a read-only window onto the model from KERNEL_WINDOW:
 *
 *   0            KERNEL_RAM_BYTES        65536         65536 + length of the model
 *   ├─ wasm_ram ─┼margin┤   gap          ├─ window ─────┤           nothing
 *
 * Every access is checked. A wasm load or store has a base, which is any 32-bit number, and a constant offset; the
 * address is their sum without wrapping. Comparing the base with a constant needs no sum, so nothing can overflow, and
 * a check of RAM costs one comparison. If offset + size is at most the margin, that constant is KERNEL_RAM_BYTES
 * itself. This is a round number, which fits in an instruction. It is also the same for neighbouring words, so the
 * compiler drops the second check. Such an access may end in the margin, which belongs to the kernel and contains
 * nothing.
 *
 * The order of the two checks affects speed, never the result. 64-bit loads read weights, so they check the window
 * first; all others check RAM first. WASM_OUTLINED stops the compiler from preparing the second check on the fast path.
 */
#ifndef SPIKEWORD_WASM_RT_H
#define SPIKEWORD_WASM_RT_H

#include <stdbool.h>
#include <string.h>

#include "../generated.h"
#include "types.h"

/** Where the window begins: the model's first byte. */
#define KERNEL_WINDOW UINT32_C(65536)

#ifndef KERNEL_RAM_BYTES
#error "define the bytes of the kernel's RAM: -DKERNEL_RAM_BYTES=…"
#endif
_Static_assert(KERNEL_RAM_BYTES >= 16384 && KERNEL_RAM_BYTES <= 65536 - WASM_MARGIN && KERNEL_RAM_BYTES % 16 == 0,
               "the kernel's RAM must end below the window");

#define WASM_INLINE static inline __attribute__((always_inline, unused))
/** A function that runs when a model is loaded: what matters is how much flash it takes. */
#define WASM_RARE __attribute__((cold))

/* The memory, the globals and how functions reach them. The library has its own instance.h, and includes it first. */
#ifndef WASM_SELF
#include "instance.h"
#endif

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 9
#define WASM_LIKELY(x) __builtin_expect(!!(x), 1)
#else
#define WASM_LIKELY(x) __builtin_expect_with_probability(!!(x), 1, 1.0)
#endif
#define TRAP(reason) (wasm_rt_trap(WASM_PASS KERNEL_TRAP_##reason, 0), 0)
#define UNREACHABLE TRAP(UNREACHABLE)
#define FUNC_PROLOGUE
#define FUNC_EPILOGUE

#define WASM_SIZE_INDEX(size) ((size) == 1 ? 0 : (size) == 2 ? 1 : (size) == 4 ? 2 : 3)

#define WASM_OUTLINED(x) __asm__("" : "+r"(x))

/** Whether `size` bytes at base + offset are in RAM or its margin; offset and size are constants. */
WASM_INLINE bool wasm_in_ram(u32 base, u32 offset, u32 size) {
  if (offset <= WASM_MARGIN - size) return base < KERNEL_RAM_BYTES;
  return offset <= KERNEL_RAM_BYTES - size && base <= KERNEL_RAM_BYTES - size - offset;
}

/** Whether `size` bytes at base + offset are in the window, `position` bytes from its start. */
WASM_INLINE bool wasm_in_window(WASM_SELF u32 base, u32 offset, u32 size, u32 position) {
  /* With an offset of at most 65536, a sum that wraps is below 65536, so far outside the window. */
  const bool whole = offset <= KERNEL_WINDOW || base <= UINT32_MAX - offset;
  const u32 starts = wasm_window_starts[WASM_SIZE_INDEX(size)];
  /* What kernel_bind has made sure of: so an address that is known to be in RAM is known not to be in the window. */
  if (starts > INT32_MAX) __builtin_unreachable();
  return whole && position < starts;
}

/*
 * Some cores do not support unaligned access, or the compiler cannot know: then it splits words into bytes.
 * AssemblyScript aligns its data, and everything in the model file is at a multiple of four, so there words are read as
 * words (64-bit ones as two words). An unaligned address raises an exception, which restarts the board. A Cortex-M4
 * reads 64 bits in one instruction under the same condition. Elsewhere the compiler knows what the processor supports.
 */
#if defined(__riscv) || defined(__xtensa__) || (defined(__arm__) && !defined(__ARM_FEATURE_UNALIGNED))
#define WASM_ALIGNED_ONLY
typedef u16 wasm_u16 __attribute__((may_alias, aligned(2)));
typedef u32 wasm_u32 __attribute__((may_alias, aligned(4)));
typedef u64 wasm_u64 __attribute__((may_alias, aligned(4)));
#else
typedef u16 wasm_u16 __attribute__((may_alias, aligned(1)));
typedef u32 wasm_u32 __attribute__((may_alias, aligned(1)));
#ifdef __arm__
typedef u64 wasm_u64 __attribute__((may_alias, aligned(4)));
#else
typedef u64 wasm_u64 __attribute__((may_alias, aligned(1)));
#endif
#endif
typedef u8 wasm_u8;
/*
 * Half of a 64-bit load from the window. The kernel loads rows of weights this way. It has checked that their addresses
 * are multiples of four, so one instruction of a Cortex-M can load both halves.
 */
typedef u32 wasm_row __attribute__((may_alias, aligned(4)));

/**
 * The place of base + offset in RAM. Neighbouring words share one address with offsets, instead of one address each.
 */
WASM_INLINE u8 *wasm_ram_at(WASM_SELF u32 base, u32 offset) {
  u8 *at = wasm_ram + base;
  if (offset != 0) WASM_OUTLINED(at);
  return at + offset;
}
#define WASM_RAM(memory, base, offset) (*(memory *)(void *)wasm_ram_at(WASM_PASS base, offset))
#define WASM_WINDOW(memory, position) (*(const memory *)(const void *)(wasm_window + (position)))

/*
 * Both words of 64 bits in RAM. A Cortex-M reads or writes them in one instruction; GCC finds it for itself only where
 * it happens to leave the two accesses side by side. "Uv" are the addresses that the instruction can have.
 */
#ifdef __thumb2__
WASM_INLINE u64 wasm_ram_load64(WASM_SELF u32 base, u32 offset) {
  u8 *at = wasm_ram + base;
  u32 low, high;
  WASM_OUTLINED(at);
  __asm__("ldrd %0, %1, %2" : "=r"(low), "=r"(high) : "Uv"(*(const wasm_u64 *)(const void *)(at + offset)));
  return low | (u64)high << 32;
}
WASM_INLINE void wasm_ram_store64(WASM_SELF u32 base, u32 offset, u64 value) {
  u8 *at = wasm_ram + base;
  WASM_OUTLINED(at);
  __asm__("strd %1, %2, %0" : "=Uv"(*(wasm_u64 *)(void *)(at + offset)) : "r"((u32)value), "r"((u32)(value >> 32)));
}
#else
WASM_INLINE u64 wasm_ram_load64(WASM_SELF u32 base, u32 offset) { return WASM_RAM(wasm_u64, base, offset); }
WASM_INLINE void wasm_ram_store64(WASM_SELF u32 base, u32 offset, u64 value) {
  WASM_RAM(wasm_u64, base, offset) = value;
}
#endif

/* name, type in memory, sign or zero extension, result */
#define WASM_LOAD(name, memory, extended, result)                                      \
  WASM_INLINE result name(WASM_SELF u32 base, u32 offset) {                            \
    if (WASM_LIKELY(wasm_in_ram(base, offset, sizeof(memory))))                        \
      return (result)(extended)WASM_RAM(memory, base, offset);                         \
    WASM_OUTLINED(base);                                                               \
    const u32 position = base + offset - KERNEL_WINDOW;                                \
    if (WASM_LIKELY(wasm_in_window(WASM_PASS base, offset, sizeof(memory), position))) \
      return (result)(extended)WASM_WINDOW(memory, position);                          \
    wasm_rt_trap(WASM_PASS KERNEL_TRAP_OUT_OF_BOUNDS, base + offset);                  \
  }
/*
 * Bytes and halves are read from the window only where a model is checked and its layers are looked up: there a call
 * costs little time, and saves the flash of a second path at each load.
 */
WASM_EXPORT u32 wasm_window_u8(WASM_SELF u32 base, u32 offset);
WASM_EXPORT u32 wasm_window_u16(WASM_SELF u32 base, u32 offset);
#define WASM_LOAD_SMALL(name, memory, window, extended, result) \
  WASM_INLINE result name(WASM_SELF u32 base, u32 offset) {     \
    if (WASM_LIKELY(wasm_in_ram(base, offset, sizeof(memory)))) \
      return (result)(extended)WASM_RAM(memory, base, offset);  \
    return (result)(extended)window(WASM_PASS base, offset);    \
  }
#define WASM_STORE(name, memory, value_type)                                \
  WASM_INLINE void name(WASM_SELF u32 base, u32 offset, value_type value) { \
    if (!WASM_LIKELY(wasm_in_ram(base, offset, sizeof(memory))))            \
      wasm_rt_trap(WASM_PASS KERNEL_TRAP_OUT_OF_BOUNDS, base + offset);     \
    WASM_RAM(memory, base, offset) = (memory)value;                         \
  }

WASM_INLINE u64 i64_load(WASM_SELF u32 base, u32 offset) {
  const u32 position = base + offset - KERNEL_WINDOW;
  if (WASM_LIKELY(wasm_in_window(WASM_PASS base, offset, 8, position))) {
    const u8 *at = wasm_window + position;
    WASM_OUTLINED(at);
    const wasm_row *words = (const wasm_row *)(const void *)at;
    u32 low = words[0];
    const u32 high = words[1];
    WASM_OUTLINED(low);
    return low | (u64)high << 32;
  }
  /* Where the compiler knows the address to be in RAM, it has dropped the check of the window, and drops this one. */
  const bool in_ram = wasm_in_ram(base, offset, 8);
  if (__builtin_constant_p(in_ram) && in_ram) return wasm_ram_load64(WASM_PASS base, offset);
  u32 elsewhere = position;
  WASM_OUTLINED(elsewhere);
  elsewhere += KERNEL_WINDOW - offset;
  if (WASM_LIKELY(wasm_in_ram(elsewhere, offset, 8))) return WASM_RAM(wasm_u64, elsewhere, offset);
  wasm_rt_trap(WASM_PASS KERNEL_TRAP_OUT_OF_BOUNDS, elsewhere + offset);
}

WASM_LOAD(i32_load, wasm_u32, u32, u32)
WASM_LOAD_SMALL(i32_load8_s, wasm_u8, wasm_window_u8, s8, u32)
WASM_LOAD_SMALL(i32_load8_u, wasm_u8, wasm_window_u8, u8, u32)
WASM_LOAD_SMALL(i32_load16_s, wasm_u16, wasm_window_u16, s16, u32)
WASM_LOAD_SMALL(i32_load16_u, wasm_u16, wasm_window_u16, u16, u32)
WASM_LOAD_SMALL(i64_load8_s, wasm_u8, wasm_window_u8, s8, u64)
WASM_LOAD_SMALL(i64_load8_u, wasm_u8, wasm_window_u8, u8, u64)
WASM_LOAD_SMALL(i64_load16_s, wasm_u16, wasm_window_u16, s16, u64)
WASM_LOAD_SMALL(i64_load16_u, wasm_u16, wasm_window_u16, u16, u64)
WASM_LOAD(i64_load32_s, wasm_u32, s32, u64)
WASM_LOAD(i64_load32_u, wasm_u32, u32, u64)
WASM_STORE(i32_store, wasm_u32, u32)
WASM_STORE(i32_store8, wasm_u8, u32)
WASM_STORE(i32_store16, wasm_u16, u32)
WASM_STORE(i64_store8, wasm_u8, u64)
WASM_STORE(i64_store16, wasm_u16, u64)
WASM_STORE(i64_store32, wasm_u32, u64)

WASM_INLINE void i64_store(WASM_SELF u32 base, u32 offset, u64 value) {
  if (!WASM_LIKELY(wasm_in_ram(base, offset, 8))) wasm_rt_trap(WASM_PASS KERNEL_TRAP_OUT_OF_BOUNDS, base + offset);
  wasm_ram_store64(WASM_PASS base, offset, value);
}

/** memory.fill and memory.copy; if they trap, they have written nothing. Ranges may overlap. */
WASM_EXPORT void memory_fill(WASM_SELF u32 to, u32 value, u32 length);
WASM_EXPORT void memory_copy(WASM_SELF u32 to, u32 from, u32 length);

/** Copies a constant data segment to RAM; kernel_start runs it. */
#define LOAD_DATA(address, bytes, length)                                                                  \
  do {                                                                                                     \
    _Static_assert((address) + (length) <= KERNEL_RAM_BYTES, "the kernel's data does not fit in its RAM"); \
    memcpy(wasm_ram + (address), (bytes), (length));                                                       \
  } while (0)

/* Operators of wasm that C does not have, or leaves undefined. */
#define I32_CLZ(x) ((x) ? __builtin_clz(x) : 32)
#define I64_CLZ(x) ((x) ? __builtin_clzll(x) : 64)
#define I32_CTZ(x) ((x) ? __builtin_ctz(x) : 32)
#define I64_CTZ(x) ((x) ? __builtin_ctzll(x) : 64)
#define I32_POPCNT(x) wasm_population(x)
#define I64_POPCNT(x) (wasm_population((u32)(x)) + wasm_population((u32)((x) >> 32)))
#define I32_ROTL(x, y) (((x) << ((y) & 31)) | ((x) >> (-(y) & 31)))
#define I64_ROTL(x, y) (((x) << ((y) & 63)) | ((x) >> (-(y) & 63)))
#define I32_ROTR(x, y) (((x) >> ((y) & 31)) | ((x) << (-(y) & 31)))
#define I64_ROTR(x, y) (((x) >> ((y) & 63)) | ((x) << (-(y) & 63)))
#define DIV_U(x, y) ((y) == 0 ? TRAP(DIVISION_BY_ZERO) : (x) / (y))
#define REM_U(x, y) ((y) == 0 ? TRAP(DIVISION_BY_ZERO) : (x) % (y))
#define WASM_DIV_S(unsigned_type, type, least, x, y)                  \
  ((y) == 0                                  ? TRAP(DIVISION_BY_ZERO) \
   : (type)(x) == (least) && (type)(y) == -1 ? TRAP(INTEGER_OVERFLOW) \
                                             : (unsigned_type)((type)(x) / (type)(y)))
#define WASM_REM_S(unsigned_type, type, x, y) \
  ((y) == 0 ? TRAP(DIVISION_BY_ZERO) : (type)(y) == -1 ? 0 : (unsigned_type)((type)(x) % (type)(y)))
#define I32_DIV_S(x, y) WASM_DIV_S(u32, s32, INT32_MIN, x, y)
#define I64_DIV_S(x, y) WASM_DIV_S(u64, s64, INT64_MIN, x, y)
#define I32_REM_S(x, y) WASM_REM_S(u32, s32, x, y)
#define I64_REM_S(x, y) WASM_REM_S(u64, s64, x, y)

/** The number of set bits. GCC's own needs a table in libgcc if the processor has no instruction for it. */
WASM_INLINE u32 wasm_population(u32 x) {
  x -= (x >> 1) & 0x55555555u;
  x = (x & 0x33333333u) + ((x >> 2) & 0x33333333u);
  x = (x + (x >> 4)) & 0x0f0f0f0fu;
  return (x * 0x01010101u) >> 24;
}

#endif
