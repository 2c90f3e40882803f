#include "board.h"

#include "rp2040.h"

/* A Cortex-M0+ whose stack has overflowed cannot enter its fault handler: it stops until something resets it. */
void watchdog_start(void) {
  PSM_WDSEL = PSM_ALL;
  WATCHDOG_TICK = WATCHDOG_TICK_ENABLE | 12; /* periods of the crystal in a microsecond */
  watchdog_feed();
  WATCHDOG_CTRL = WATCHDOG_ENABLE | WATCHDOG_PAUSES;
}

/* It counts down by two every microsecond: erratum RP2040-E1. */
void watchdog_feed(void) { WATCHDOG_LOAD = 0xffffff; }
