/** What the programs on emulated boards say at the serial port. */
#include "hal/hal.h"

static void tell(const char *text) {
  uint32_t length = 0;
  while (text[length] != 0) length++;
  hal_send((const uint8_t *)text, length);
}

static void tell_number(uint64_t number) {
  char digits[22];
  uint32_t at = sizeof digits - 1;
  digits[at] = 0;
  digits[--at] = ' ';
  do digits[--at] = (char)('0' + (char)(number % 10));
  while ((number /= 10) > 0);
  tell(digits + at);
}
