/** The parts of the RP2040 that its hal_ functions are made of. */
#ifndef SPIKEWORD_RP2040_BOARD_H
#define SPIKEWORD_RP2040_BOARD_H

#include <stdbool.h>
#include <stdint.h>

/** The clock of processor, DMA and PIO. */
#define CLOCK_HZ 125000000u

/** Appears on USB as a serial port. */
void usb_start(void);
void usb_interrupt(void);
/** Waits until the computer has taken the last packet, as long as it reads. */
void usb_finish(void);
/** Whether hal_receive has a byte. */
bool usb_received(void);

/** Prepares for programming flash. */
void flash_start(void);

/** Takes what DMA has recorded. */
void microphone_interrupt(void);

/** Starts the watchdog, and puts off the restart that comes after eight seconds without a call. */
void watchdog_start(void);
void watchdog_feed(void);

/** Called for every piece of sound, which is the clock of the LED. */
void led_pass(uint32_t samples);
void led_start(void);
void led_off(void);

#endif
