/*
 * An I2S microphone, such as INMP441, ICS-43434 or SPH0645, at pins 10 (SCK), 11 (WS) and 12 (SD), with its L/R pin at
 * GND: 24 bits at the left of 32, the left half of each frame. A state machine of PIO makes both clocks and takes the
 * bits, 64 a frame; DMA fills two halves of a buffer in turn, and its interrupt takes the half that is full.
 */
#include "board.h"

#include "../shared/microphone-ring.h"
#include "rp2040.h"

#define SCK 10u
#define WS 11u
#define SD 12u

/** Bits that are shifted out on the right: 8 times as loud as the upper 16 bits, because such microphones are quiet. */
#define SHIFT 13

/*
 * 8 ms: the interrupt may be late by as much. DMA returns to the start of a half by itself, because of its alignment.
 */
#define HALF_BITS 9u
#define HALF_SAMPLES ((1u << HALF_BITS) / 4)

static int32_t halves[2][HALF_SAMPLES] __attribute__((aligned(1u << HALF_BITS)));

/*
 * Two instructions a bit, so 128 a frame. Side-set is WS, SCK. SD changes when SCK falls and is taken when it rises. A
 * word begins one bit after WS falls, so its last bit comes when WS is already high.
 */
#define SIDE(ws, sck) ((uint32_t)(ws) << 12 | (uint32_t)(sck) << 11)
#define SET_X(value) (0xe020u | (value))
#define IN_SD 0x4001u
#define NOTHING 0xa042u /* mov y, y */
#define NEXT_X(to) (0x0040u | (to))
static const uint16_t program[] = {
    SET_X(29) | SIDE(0, 0),                       /* bit 0 of the left half is the last one of the right */
    NOTHING | SIDE(0, 1),   NOTHING | SIDE(0, 0), /* bit 1 */
    IN_SD | SIDE(0, 1),                           /* bits 1 to 30 */
    NEXT_X(3) | SIDE(0, 0), IN_SD | SIDE(0, 1),   /* bit 31 */
    SET_X(29) | SIDE(1, 0), IN_SD | SIDE(1, 1),   /* the 32nd bit, which completes a word */
    NOTHING | SIDE(1, 0),                         /* bits 1 to 30 of the right half */
    NEXT_X(8) | SIDE(1, 1), NOTHING | SIDE(1, 0), /* bit 31 */
    NOTHING | SIDE(1, 1),
};
#define PROGRAM_WORDS (sizeof program / sizeof *program)

/* Cycles of an instruction, in 256ths. */
#define DIVIDER_256 ((CLOCK_HZ * 2 + SAMPLE_RATE_HZ / 2) / SAMPLE_RATE_HZ)
_Static_assert((uint64_t)CLOCK_HZ * 256 / 128 < UINT32_MAX, "the divider is computed in 32 bits");

#define PIO_RUN 1u
#define PIO_RESTART (1u << 4 | 1u << 8)

bool hal_microphone(void) { return true; }

static void start_pins(void) {
  PAD(SCK) = PAD_4_MA;
  PAD(WS) = PAD_4_MA;
  PAD(SD) = PAD_INPUT | PAD_PULL_DOWN | PAD_SCHMITT; /* no microphone is silence */
  GPIO_CTRL(SCK) = GPIO_PIO0;
  GPIO_CTRL(WS) = GPIO_PIO0;
  GPIO_CTRL(SD) = GPIO_PIO0;
}

static void start_pio(void) {
  for (uint32_t k = 0; k < PROGRAM_WORDS; k++) PIO0_INSTRUCTION(k) = program[k];
  PIO0_CLKDIV = DIVIDER_256 << 8;
  PIO0_EXECCTRL = (PROGRAM_WORDS - 1) << 12;
  PIO0_SHIFTCTRL = 1u << 16;                                            /* 32 bits, the first one leftmost */
  PIO0_PINCTRL = 2u << 29 | 2u << 26 | SD << 15 | SCK << 10 | SCK << 5; /* side-set and set: both clocks */
  PIO0_EXECUTE = 0xe083;                                                /* set pindirs, 3 */
  PIO0_EXECUTE = 0x0000;                                                /* jmp 0 */
}

/** Of the channel that fills this half: each starts the other when its half is full. */
static uint32_t dma_control(uint32_t half) {
  return DMA_ENABLE | DMA_WORDS | DMA_INCREMENT_WRITE | DMA_RING_WRITE(HALF_BITS) | DMA_CHAIN_TO(1 - half) |
         DMA_WHEN_PIO0_RX0;
}

static void start_dma(void) {
  for (uint32_t half = 0; half < 2; half++) {
    DMA_READ(half) = PIO0_RXF0;
    DMA_WRITE(half) = (uint32_t)(uintptr_t)halves[half];
    DMA_COUNT(half) = HALF_SAMPLES;
  }
  DMA_CTRL(1) = dma_control(1);
  DMA_INTE0 = 3;
  interrupt_enable(IRQ_DMA0);
  DMA_CTRL_TRIGGER(0) = dma_control(0);
}

void hal_microphone_switch(bool on) {
  interrupt_disable(IRQ_DMA0);
  peripherals_reset(RESET_PIO0 | RESET_DMA);
  microphone_ring_clear();
  led_off();
  if (!on) return;
  start_pins();
  start_pio();
  start_dma();
  PIO0_CTRL = PIO_RUN | PIO_RESTART;
}

static int16_t limited(int32_t value) {
  if (value > INT16_MAX) return INT16_MAX;
  if (value < INT16_MIN) return INT16_MIN;
  return (int16_t)value;
}

void microphone_interrupt(void) {
  for (uint32_t full; (full = DMA_INTS0 & 3) != 0;) {
    /* If both are full, the first of them is being overwritten: the samples of both are lost. */
    if (full == 3) microphone_ring_lose(2 * HALF_SAMPLES);
    else
      for (uint32_t k = 0; k < HALF_SAMPLES; k++) microphone_ring_put(limited(halves[full - 1][k] >> SHIFT));
    DMA_INTS0 = full;
  }
}

bool hal_microphone_take(int16_t *samples, uint32_t count) {
  if (!microphone_ring_take(samples, count)) return false;
  led_pass(count);
  return true;
}

bool hal_microphone_ready(void) { return microphone_ring_ready(); }

uint32_t hal_microphone_lost(void) { return microphone_ring_lost(); }
