/** The application as a process: serial port on standard input and output, flash in a file. For tests. */
#define _GNU_SOURCE
#include "../../hal/hal.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "flash.h"
#include "microphone.h"
#include "options.h"

static uint64_t microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static uint64_t started;

void hal_start(void) {
  started = microseconds();
  const struct options options = options_read();
  flash_open(options);
  microphone_open(options);
}

/** Waits for a byte for at most this time, and returns whether there is one. */
static bool readable(int milliseconds) {
  return poll(&(struct pollfd){.fd = STDIN_FILENO, .events = POLLIN}, 1, milliseconds) > 0;
}

/** Ends the process when the line ends. */
int hal_receive(void) {
  static uint8_t bytes[2048];
  static ssize_t length, at;
  if (at == length) {
    at = length = 0;
    if (!readable(0)) return -1;
    const ssize_t came = read(STDIN_FILENO, bytes, sizeof bytes);
    if (came == 0 || (came < 0 && errno != EAGAIN && errno != EINTR)) exit(0);
    if (came < 0) return -1;
    length = came;
  }
  return bytes[at++];
}

/** A microphone is a file, which wakes nobody up. */
void hal_wait(void) {
  if (!hal_microphone_ready()) readable(hal_microphone() ? 5 : 1000);
}

void hal_send(const uint8_t *bytes, uint32_t length) {
  while (length > 0) {
    const ssize_t sent = write(STDOUT_FILENO, bytes, length);
    if (sent >= 0) {
      bytes += sent;
      length -= (uint32_t)sent;
    } else if (errno == EAGAIN) {
      poll(&(struct pollfd){.fd = STDOUT_FILENO, .events = POLLOUT}, 1, -1);
    } else if (errno != EINTR) {
      exit(0);
    }
  }
}

const char *hal_board(void) { return "posix"; }

uint32_t hal_nonce(void) {
  static uint32_t nonce;
  while (nonce == 0) {
    if (getrandom(&nonce, sizeof nonce, 0) != sizeof nonce) abort();
  }
  return nonce;
}

_Noreturn void hal_restart(void) {
  char *const arguments[] = {"firmware", NULL};
  execv("/proc/self/exe", arguments);
  perror("/proc/self/exe");
  exit(1);
}

uint64_t hal_ticks(void) { return microseconds() - started; }
uint32_t hal_ticks_per_second(void) { return 1000000; }

uint64_t hal_count(void) { return 0; }
uint8_t hal_count_unit(void) { return HAL_COUNT_NONE; }
void hal_count_align(void) {}

uint32_t hal_ram_bytes(void) { return KERNEL_RAM_BYTES; }
uint32_t hal_stack_bytes(void) { return 0; }
uint32_t hal_stack_high_water(void) { return 0; }
uint32_t hal_firmware_bytes(void) { return 0; }
