/*
 * ARM's MPS2 FPGA board with one of its Cortex-M images, AN385, AN386 or AN500: 25 MHz, serial port 0, no flash. A
 * model area in PSRAM replaces flash. It is also written to a file on the computer that emulates or debugs the board;
 * without a file it lasts until power-off. In place of a microphone, samples arrive at serial port 1, int16
 * little-endian; whoever sends them waits while the board has no room.
 */
#include "../cortex-m/cortex-m.h"
#include "../shared/flash-range.h"
#include "../shared/microphone-ring.h"
#include "../shared/receive-ring.h"
#include "../shared/semihosting.h"

#include <string.h>

#define CLOCK_HZ 25000000u

/* CMSDK APB UART: 0 is the serial port, and 1 stands in for a microphone. */
#define UART_DATA(uart) REGISTER(0x40004000 + 0x1000 * (uart))
#define UART_STATE(uart) REGISTER(0x40004004 + 0x1000 * (uart))
#define UART_CTRL(uart) REGISTER(0x40004008 + 0x1000 * (uart))
#define UART_INTERRUPTS(uart) REGISTER(0x4000400c + 0x1000 * (uart))
#define UART_BAUDDIV(uart) REGISTER(0x40004010 + 0x1000 * (uart))
#define PORT 0
#define SOUND 1
#define STATE_TRANSMIT_FULL (1u << 0)
#define STATE_RECEIVE_FULL (1u << 1)
#define CTRL_TRANSMIT (1u << 0)
#define CTRL_RECEIVE (1u << 1)
#define CTRL_RECEIVE_INTERRUPT (1u << 3)
#define INTERRUPT_RECEIVE (1u << 1)
#define IRQ_RECEIVE(uart) (2 * (uart))

/* The two LEDs of the FPGA. */
#define LEDS REGISTER(0x40028000)
/** How long a detection lights them, in samples. */
#define LIT_SAMPLES (SAMPLE_RATE_HZ / 2)

#define SLOT_BYTES 0x40000u
#define SECTOR_BYTES 0x1000u
#define AREA_BYTES (2 * SLOT_BYTES)
/* 16 MB, at the address of the image. */
extern uint8_t psram[];
#define AREA psram

static int32_t file;
static uint32_t nonce;

#define HALF 0x100u
/** 0, or HALF and the first byte of a sample. A restart keeps it, because the sender does not know of restarts. */
static uint32_t half __attribute__((section(".noinit")));

const char *hal_board(void) { return BOARD_NAME; }

void hal_start(void) {
  nonce = boot_nonce(semihosting_clock(), (const volatile uint32_t *)AREA, 64);
  systick_start(CLOCK_HZ);
  UART_BAUDDIV(PORT) = CLOCK_HZ / BAUD_RATE;
  UART_CTRL(PORT) = CTRL_TRANSMIT | CTRL_RECEIVE | CTRL_RECEIVE_INTERRUPT;
  interrupt_enable(IRQ_RECEIVE(PORT));
  UART_BAUDDIV(SOUND) = CLOCK_HZ / BAUD_RATE;
  if (half / HALF != 1) half = 0;
  file = semihosting_open();
  if (file < 0 || !semihosting_read(file, 0, AREA, AREA_BYTES)) {
    file = -1;
    memset(AREA, 0xff, AREA_BYTES);
  }
}

uint32_t hal_nonce(void) { return nonce; }

/** Whether there is a byte from a UART, whose interrupt has then been served. */
static bool received(uint32_t uart) {
  UART_INTERRUPTS(uart) = INTERRUPT_RECEIVE;
  return (UART_STATE(uart) & STATE_RECEIVE_FULL) != 0;
}

static void put_sound_byte(uint32_t byte) {
  if (half != 0) microphone_ring_put((int16_t)(byte << 8 | (half - HALF)));
  half = half != 0 ? 0 : HALF + byte;
}

static void take_sound_byte(void) { put_sound_byte(UART_DATA(SOUND) & 0xffu); }

/* Without room, the byte stays where it is and whoever sends the sound waits, until some samples are taken. */
static void take_sound(void) {
  while (microphone_ring_room()) {
    if (!received(SOUND)) return;
    take_sound_byte();
  }
  interrupt_disable(IRQ_RECEIVE(SOUND));
}

void board_interrupt(uint32_t number) {
  if (number == IRQ_RECEIVE(SOUND)) take_sound();
  else
    while (received(PORT)) receive_ring_put((uint8_t)UART_DATA(PORT));
}

void hal_send(const uint8_t *bytes, uint32_t length) {
  for (uint32_t k = 0; k < length; k++) {
    while (UART_STATE(PORT) & STATE_TRANSMIT_FULL) continue;
    UART_DATA(PORT) = bytes[k];
  }
}

bool hal_microphone(void) { return true; }

static uint32_t lit;

/*
 * Switches the receiver on. QEMU asks the sender again only when the data is read, and a byte may arrive just before
 * that: then the data is new, or it was waiting and waits no longer. Without it every sample would be put together from
 * the halves of two.
 */
static void ask_for_sound(void) {
  const uint32_t stale = UART_DATA(SOUND);
  UART_CTRL(SOUND) = CTRL_RECEIVE | CTRL_RECEIVE_INTERRUPT;
  if (received(SOUND)) {
    take_sound_byte();
    return;
  }
  const uint32_t data = UART_DATA(SOUND);
  const bool arrived = (UART_INTERRUPTS(SOUND) & INTERRUPT_RECEIVE) != 0;
  const bool waits = (UART_STATE(SOUND) & STATE_RECEIVE_FULL) != 0;
  if (data != stale || (arrived && !waits)) put_sound_byte(data & 0xffu);
}

void hal_microphone_switch(bool on) {
  interrupt_disable(IRQ_RECEIVE(SOUND));
  UART_CTRL(SOUND) = 0;
  if (received(SOUND)) take_sound_byte();
  microphone_ring_clear();
  if (!on) return;
  ask_for_sound();
  interrupt_enable(IRQ_RECEIVE(SOUND));
}

bool hal_microphone_take(int16_t *samples, uint32_t count) {
  if (!microphone_ring_take(samples, count)) return false;
  interrupt_enable(IRQ_RECEIVE(SOUND));
  if (lit > count) lit -= count;
  else LEDS = 0;
  return true;
}

bool hal_microphone_ready(void) { return microphone_ring_ready(); }

uint32_t hal_microphone_lost(void) { return microphone_ring_lost(); }

void hal_detected(uint32_t class, uint32_t score) {
  (void)class;
  (void)score;
  lit = LIT_SAMPLES;
  LEDS = 3;
}

uint32_t hal_flash_slot_size(void) { return SLOT_BYTES; }
uint32_t hal_flash_sector_size(void) { return SECTOR_BYTES; }
uint32_t hal_flash_program_size(void) { return 4; }

bool hal_flash_read(uint32_t address, void *to, uint32_t length) {
  if (!flash_range_valid(address, length)) return false;
  memcpy(to, AREA + address, length);
  return true;
}

static bool write_through(uint32_t address, uint32_t length) {
  return file < 0 || semihosting_write(file, address, AREA + address, length);
}

bool hal_flash_erase(uint32_t address) {
  if (!flash_erasable(address)) return false;
  memset(AREA + address, 0xff, SECTOR_BYTES);
  return write_through(address, SECTOR_BYTES);
}

bool hal_flash_program(uint32_t address, const void *from, uint32_t length) {
  if (!flash_programmable(address, length)) return false;
  const uint8_t *bytes = from;
  for (uint32_t k = 0; k < length; k++) AREA[address + k] &= bytes[k];
  return write_through(address, length);
}

const uint8_t *hal_flash_map(uint32_t address, uint32_t length) {
  return address % 4 == 0 && flash_range_valid(address, length) ? AREA + address : NULL;
}
