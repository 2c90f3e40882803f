/*
 * A board's own parts without the application: says who it is, then answers each letter with a line.
 */
#include <hal/hal.h>
#include <kernel.h>

#include <string.h>

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

/* Erases, programs and clears bits at the end of the second slot; what stands there as a number. */
static uint32_t change_flash(void) {
  const uint32_t sector = 2 * hal_flash_slot_size() - hal_flash_sector_size();
  const uint32_t first = 0xffff1234u, second = 0x00ff5678u;
  uint8_t block[256];
  memset(block, 0xff, sizeof block);
  bool well = hal_flash_erase(sector);
  memcpy(block, &first, 4);
  well &= hal_flash_program(sector, block, hal_flash_program_size());
  memcpy(block, &second, 4);
  well &= hal_flash_program(sector, block, hal_flash_program_size());
  return well;
}

static uint32_t read_flash(void) {
  uint32_t word = 0;
  const uint32_t sector = 2 * hal_flash_slot_size() - hal_flash_sector_size();
  return hal_flash_read(sector, &word, 4) ? word : 1;
}

/* Counts what is refused: off the grid, or outside the model area. */
static uint32_t refusals(void) {
  const uint32_t area = 2 * hal_flash_slot_size();
  uint8_t block[512] = {0};
  uint32_t refused = 0;
  refused += !hal_flash_erase(1);
  refused += !hal_flash_erase(area);
  refused += !hal_flash_erase(0u - hal_flash_sector_size());
  refused += !hal_flash_program(1, block, hal_flash_program_size());
  refused += !hal_flash_program(area - 4, block, 512);
  refused += !hal_flash_program(0, block, 1);
  refused += !hal_flash_program(UINT32_MAX - 255, block, 512);
  refused += !hal_flash_read(area - 3, block, 4);
  refused += !hal_flash_read(4, block, UINT32_MAX);
  refused += hal_flash_map(area - 4, 8) == NULL;
  return refused;
}

/*
 * Binds the model at the start of the flash, of the length in `header`, and recognises features from a known formula.
 */
static void recognise(void) {
  uint32_t header[3];
  if (!hal_flash_read(0, header, sizeof header)) return send_text("no flash\n");
  const uint8_t *model = hal_flash_map(0, header[2]);
  if (!kernel_bind(model, header[2])) return send_text("no model\n");
  const int32_t error = kernel_load();
  if (error != 0) {
    send_text("error ");
    return send_number((uint32_t)error);
  }
  const uint32_t count = kernel_query(7) * kernel_query(8);
  uint8_t *features = kernel_ram(kernel_query(6), count);
  for (uint32_t k = 0; k < count; k++) features[k] = (uint8_t)(k * k * 37 + k * 11);
  hal_count_align();
  const uint64_t before = hal_count();
  const int32_t winner = kernel_infer();
  const uint64_t instructions = hal_count() - before;
  const uint32_t classes = kernel_query(11);
  const int32_t *scores = (const int32_t *)kernel_ram(kernel_query(13), classes * 4);
  send_text("winner ");
  send_number((uint32_t)winner);
  for (uint32_t k = 0; k < classes; k++) {
    send_text("score ");
    send_number((uint32_t)scores[k]);
  }
  send_text("instructions ");
  send_number(instructions);
  send_text("done\n");
}

/* Computes while a whole frame arrives, then takes it: how many bytes, and their sum. */
static void receive_late(void) {
  send_text("go\n");
  while (hal_receive() < 0) continue;
  work(3000000);
  uint32_t bytes = 1, sum = 0;
  for (int byte; bytes < 1044;) {
    byte = hal_receive();
    if (byte < 0) continue;
    bytes++;
    sum += (uint32_t)byte;
  }
  send_number(sum);
}

/* Each ends in a fault: a stack without end, code where there is none, a read where there is nothing. */
static uint32_t overflow(uint32_t depth) {
  volatile uint32_t room[16] = {depth};
  return depth == UINT32_MAX ? 0 : overflow(depth + 1) + room[0];
}

static void leave_code(void) { ((void (*)(void))(uintptr_t)0xc0000001u)(); }

static void read_nothing(void) { (void)*(volatile uint32_t *)(uintptr_t)0xf0000000u; }

int main(void) {
  hal_start();
  kernel_start();
  send_text("ready ");
  send_text(hal_board());
  send_text("\n");
  for (;;) {
    switch (hal_receive()) {
      case 'n':
        send_number(hal_nonce());
        break;
      case 'a':
        send_number(kernel_abi_version());
        break;
      case 'u':
        send_number(hal_count_unit());
        break;
      case '0':
        send_number(count_of(0));
        break;
      case '1':
        send_number(count_of(1000));
        break;
      case '2':
        send_number(count_of(1000000));
        break;
      case 't':
        send_number(hal_ticks());
        break;
      case 's':
        send_number(hal_stack_high_water());
        break;
      case 'w':
        send_number(change_flash());
        break;
      case 'f':
        send_number(read_flash());
        break;
      case 'x':
        send_number(refusals());
        break;
      case 'k':
        recognise();
        break;
      case 'l':
        receive_late();
        break;
      case 'O':
        send_number(overflow(0));
        break;
      case 'J':
        leave_code();
        break;
      case 'R':
        read_nothing();
        break;
      case 'r':
        hal_restart();
      default:
        break;
    }
  }
}
