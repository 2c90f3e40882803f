/* A board's own parts without the application: says who it is, then answers one letter each. */
#include <hal/hal.h>
#include <kernel.h>

static void send_text(const char *text) {
  uint32_t length = 0;
  while (text[length] != 0) length++;
  hal_send((const uint8_t *)text, length);
}

static void send_number(uint64_t number) {
  char digits[24];
  uint32_t at = sizeof digits - 1;
  digits[at] = 0;
  digits[--at] = '\n';
  do {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  send_text(&digits[at]);
}

/* 3 instructions a turn, and a few around it. */
static void work(uint32_t turns) {
  while (turns > 0) {
    __asm__ volatile("" : "+r"(turns));
    turns--;
  }
}

static uint64_t count_of(uint32_t turns) {
  hal_count_align();
  const uint64_t before = hal_count();
  work(turns);
  return hal_count() - before;
}

int main(void) {
  hal_start();
  kernel_start();
  send_text("ready ");
  send_text(hal_board());
  send_text("\n");
  for (;;) {
    const int letter = hal_receive();
    if (letter == 'n') send_number(hal_nonce());
    if (letter == 'a') send_number(kernel_abi_version());
    if (letter == 'u') send_number(hal_count_unit());
    if (letter == '0') send_number(count_of(0));
    if (letter == '1') send_number(count_of(1));
    if (letter == '2') send_number(count_of(1000));
    if (letter == '3') send_number(count_of(1000000));
    if (letter == 't') send_number(hal_ticks());
    if (letter == 's') send_number(hal_stack_high_water());
    if (letter == 'r') hal_restart();
  }
}
