#include "semihosting.h"

enum {
  SYS_OPEN = 0x01,
  SYS_WRITE = 0x05,
  SYS_READ = 0x06,
  SYS_SEEK = 0x0a,
  SYS_TIME = 0x11,
  SYS_GET_CMDLINE = 0x15,
  SYS_ELAPSED = 0x30,
};
/* fopen's "r+b" */
#define OPEN_READ_WRITE_BINARY 3

#ifdef __riscv
/* rv32-virt/startup.S */
int32_t semihosting_call(uint32_t operation, const void *arguments);
#define call semihosting_call
#else
static int32_t call(uint32_t operation, const void *arguments) {
  register uint32_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = arguments;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return (int32_t)r0;
}
#endif

int32_t semihosting_open(void) {
  static char path[512];
  struct {
    char *text;
    uint32_t length;
  } line = {path, sizeof path};
  if (call(SYS_GET_CMDLINE, &line) != 0 || line.length >= sizeof path) return -1;
  const struct {
    const char *path;
    uint32_t mode, length;
  } open = {path, OPEN_READ_WRITE_BINARY, line.length};
  return call(SYS_OPEN, &open);
}

static bool seek(int32_t file, uint32_t position) {
  const struct {
    int32_t file;
    uint32_t position;
  } block = {file, position};
  return call(SYS_SEEK, &block) == 0;
}

/* Both operations return the number of bytes that were not transferred. */
static bool transfer(uint32_t operation, int32_t file, uint32_t position, const void *bytes, uint32_t length) {
  const struct {
    int32_t file;
    const void *bytes;
    uint32_t length;
  } block = {file, bytes, length};
  return seek(file, position) && call(operation, &block) == 0;
}

bool semihosting_read(int32_t file, uint32_t position, void *to, uint32_t length) {
  return transfer(SYS_READ, file, position, to, length);
}

bool semihosting_write(int32_t file, uint32_t position, const void *from, uint32_t length) {
  return transfer(SYS_WRITE, file, position, from, length);
}

uint32_t semihosting_clock(void) {
  uint32_t elapsed[2] = {0, 0};
  const int32_t known = call(SYS_ELAPSED, elapsed);
  const uint32_t seconds = (uint32_t)call(SYS_TIME, 0);
  return known == 0 ? elapsed[0] ^ (elapsed[1] << 16) ^ (seconds * 0x9e3779b9u) : seconds;
}
