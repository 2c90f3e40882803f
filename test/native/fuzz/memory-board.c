#include "memory-board.h"

#include <string.h>

#include "check.h"
#include "draw.h"
#include "hal/hal.h"
#include "protocol/frame.h"

#define SECTOR 1024
#define UNIT 8

uint8_t board_flash[2 * BOARD_SLOT];
uint32_t board_faults;
uint32_t board_sent_frames;

static uint8_t mapped[BOARD_SLOT] __attribute__((aligned(4)));
static struct frame_decoder decoder;
static uint8_t packet[PACKET_BYTES];
static uint32_t packet_length;

const uint8_t *board_last_packet(uint32_t *length) {
  *length = packet_length;
  return packet;
}

void hal_start(void) {}
int hal_receive(void) { return -1; }
void hal_wait(void) {}

/* A microphone of noise, of which some is lost. */
static uint32_t lost;
bool hal_microphone(void) { return true; }
void hal_microphone_switch(bool on) {
  (void)on;
  lost = 0;
}
bool hal_microphone_take(int16_t *samples, uint32_t count) {
  CHECK(count > 0 && count <= HOP_SAMPLES);
  if (draw_one_in(200)) lost += draw_number();
  else if (!draw_one_in(8)) {
    const int32_t level = 1 << draw_below(16);
    for (uint32_t k = 0; k < count; k++) samples[k] = (int16_t)((int32_t)draw_below(2 * (uint32_t)level) - level);
    return true;
  }
  return false;
}
bool hal_microphone_ready(void) { return true; }
uint32_t hal_microphone_lost(void) { return lost; }
void hal_detected(uint32_t class, uint32_t score) { CHECK(class < 65536 && score <= 65535); }

/** All bytes that are sent must form frames. */
void hal_send(const uint8_t *bytes, uint32_t length) {
  for (uint32_t k = 0; k < length; k++) {
    const uint8_t *got = frame_decode(&decoder, bytes[k], &packet_length);
    if (got == NULL) continue;
    memcpy(packet, got, packet_length);
    board_sent_frames++;
  }
  CHECK(decoder.dropped == 0);
}

const char *hal_board(void) { return "memory"; }
uint32_t hal_nonce(void) { return 1 + draw_below(1000); }
_Noreturn void hal_restart(void) { abort(); }
uint64_t hal_ticks(void) { return 0; }
uint32_t hal_ticks_per_second(void) { return 1000; }
uint64_t hal_count(void) { return 0; }
uint8_t hal_count_unit(void) { return HAL_COUNT_NONE; }
void hal_count_align(void) {}
uint32_t hal_ram_bytes(void) { return KERNEL_RAM_BYTES; }
uint32_t hal_stack_bytes(void) { return 0; }
uint32_t hal_stack_high_water(void) { return 0; }
uint32_t hal_firmware_bytes(void) { return 0; }

static bool inside(uint32_t address, uint32_t length) {
  return address <= sizeof board_flash && length <= sizeof board_flash - address;
}

static bool fault(void) { return board_faults > 0 && draw_one_in(board_faults); }

uint32_t hal_flash_slot_size(void) { return BOARD_SLOT; }
uint32_t hal_flash_sector_size(void) { return SECTOR; }
uint32_t hal_flash_program_size(void) { return UNIT; }

bool hal_flash_read(uint32_t address, void *to, uint32_t length) {
  CHECK(inside(address, length));
  memcpy(to, board_flash + address, length);
  return !fault();
}

bool hal_flash_erase(uint32_t address) {
  CHECK(inside(address, SECTOR) && address % SECTOR == 0);
  memset(board_flash + address, 0xff, SECTOR);
  if (fault()) board_flash[address + draw_below(SECTOR)] = 0x7f;
  memset(mapped, 0xa5, sizeof mapped);
  return !fault();
}

bool hal_flash_program(uint32_t address, const void *from, uint32_t length) {
  CHECK(inside(address, length) && address % UNIT == 0 && length % UNIT == 0 && length > 0);
  for (uint32_t k = 0; k < length; k++) board_flash[address + k] &= ((const uint8_t *)from)[k];
  if (fault()) board_flash[address + draw_below(length)] = 0;
  memset(mapped, 0xa5, sizeof mapped);
  return !fault();
}

const uint8_t *hal_flash_map(uint32_t address, uint32_t length) {
  CHECK(inside(address, length));
  if (length > sizeof mapped || fault()) return NULL;
  memset(mapped, 0xa5, sizeof mapped);
  memcpy(mapped, board_flash + address, length);
  return mapped;
}
