/*
 * What wasm-rt.h leaves to a call: small loads from the window, and memory.fill and memory.copy, by words where
 * possible, because newlib-nano's memset and memmove work byte by byte.
 */
#include "wasm-rt.h"

/** Reads `size` bytes, 1 or 2, from the window. */
static u32 window_load(WASM_SELF u32 base, u32 offset, u32 size) {
  const u32 position = base + offset - KERNEL_WINDOW;
  if (!wasm_in_window(WASM_PASS base, offset, size, position))
    wasm_rt_trap(WASM_PASS KERNEL_TRAP_OUT_OF_BOUNDS, base + offset);
  return size == 1 ? wasm_window[position] : *(const wasm_u16 *)(const void *)(wasm_window + position);
}

WASM_EXPORT u32 wasm_window_u8(WASM_SELF u32 base, u32 offset) { return window_load(WASM_PASS base, offset, 1); }
WASM_EXPORT u32 wasm_window_u16(WASM_SELF u32 base, u32 offset) { return window_load(WASM_PASS base, offset, 2); }

static u8 *writable_range(WASM_SELF u32 address, u32 length) {
  if (address > KERNEL_RAM_BYTES || length > KERNEL_RAM_BYTES - address)
    wasm_rt_trap(WASM_PASS KERNEL_TRAP_OUT_OF_BOUNDS, address);
  return wasm_ram + address;
}

static const u8 *readable_range(WASM_SELF u32 address, u32 length) {
  const u32 window_length = wasm_window_starts[0];
  const u32 position = address - KERNEL_WINDOW;
  if (address >= KERNEL_WINDOW && position <= window_length && length <= window_length - position)
    return wasm_window + position;
  return writable_range(WASM_PASS address, length);
}

static bool word_aligned(const u8 *at) { return ((uintptr_t)at & 3) == 0; }

WASM_EXPORT void memory_fill(WASM_SELF u32 to_address, u32 value, u32 length) {
  u8 *to = writable_range(WASM_PASS to_address, length);
  const u8 byte = (u8)value;
  for (; length > 0 && !word_aligned(to); length--) *to++ = byte;
  const u32 word = byte * 0x01010101u;
  for (; length >= 16; length -= 16, to += 16) {
    wasm_u32 *words = (wasm_u32 *)(void *)to;
    words[0] = word;
    words[1] = word;
    words[2] = word;
    words[3] = word;
  }
  for (; length > 0; length--) *to++ = byte;
}

/* Whether wasm_u32 may be read and written at any address. */
#ifdef WASM_ALIGNED_ONLY
#define WORDS_ANYWHERE false
#else
#define WORDS_ANYWHERE true
#endif

/** Copies four words, the lower ones first: if `to` is below `from`, no word is overwritten before it is read. */
static void copy_words(wasm_row *to, const wasm_row *from) {
  to[0] = from[0];
  to[1] = from[1];
  to[2] = from[2];
  to[3] = from[3];
}

WASM_EXPORT void memory_copy(WASM_SELF u32 to_address, u32 from_address, u32 length) {
  u8 *to = writable_range(WASM_PASS to_address, length);
  const u8 *from = readable_range(WASM_PASS from_address, length);
  /* Going upwards, nothing is overwritten before it is read: a byte, or a word wherever it begins. */
  if ((uintptr_t)to <= (uintptr_t)from || (uintptr_t)to >= (uintptr_t)from + length) {
    const bool aligned = word_aligned(to) && word_aligned(from);
    if (aligned) {
      for (; length >= 16; length -= 16, to += 16, from += 16)
        copy_words((wasm_row *)(void *)to, (const wasm_row *)(const void *)from);
    }
    if (aligned || WORDS_ANYWHERE) {
      for (; length >= 4; length -= 4, to += 4, from += 4)
        *(wasm_u32 *)(void *)to = *(const wasm_u32 *)(const void *)from;
    }
    for (; length > 0; length--) *to++ = *from++;
    return;
  }
  while (length > 0) {
    length--;
    to[length] = from[length];
  }
}
