/* The LED of the Pico, which lights for half a second at a detection. */
#include "board.h"

#include "rp2040.h"

#define LED 25u
#define LIT_SAMPLES (SAMPLE_RATE_HZ / 2)

static uint32_t lit;

void led_start(void) {
  SIO_OUT_CLEAR = 1u << LED;
  SIO_OUT_ENABLE_SET = 1u << LED;
  GPIO_CTRL(LED) = GPIO_SIO;
}

void led_off(void) {
  lit = 0;
  SIO_OUT_CLEAR = 1u << LED;
}

void led_pass(uint32_t samples) {
  if (lit > samples) lit -= samples;
  else led_off();
}

void hal_detected(uint32_t class, uint32_t score) {
  (void)class;
  (void)score;
  lit = LIT_SAMPLES;
  SIO_OUT_SET = 1u << LED;
}
