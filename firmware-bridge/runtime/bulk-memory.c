/* memory.fill and memory.copy: by words where possible, because newlib-nano's memset and memmove work byte by byte. */
#include "wasm-rt.h"

static u8 *writable_range(u32 address, u32 length) {
  if (address > KERNEL_RAM_BYTES || length > KERNEL_RAM_BYTES - address)
    wasm_rt_trap(KERNEL_TRAP_OUT_OF_BOUNDS, address);
  return wasm_ram + address;
}

static const u8 *readable_range(u32 address, u32 length) {
  const u32 window_length = wasm_window_starts[0];
  const u32 position = address - KERNEL_WINDOW;
  if (address >= KERNEL_WINDOW && position <= window_length && length <= window_length - position)
    return wasm_window + position;
  return writable_range(address, length);
}

static bool word_aligned(const u8 *at) { return ((uintptr_t)at & 3) == 0; }

void memory_fill(u32 to_address, u32 value, u32 length) {
  u8 *to = writable_range(to_address, length);
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
#ifdef __riscv
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

void memory_copy(u32 to_address, u32 from_address, u32 length) {
  u8 *to = writable_range(to_address, length);
  const u8 *from = readable_range(from_address, length);
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
