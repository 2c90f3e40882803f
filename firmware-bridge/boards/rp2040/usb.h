/** The USB controller's memory, and what the serial port and its control transfers have of each other. */
#ifndef SPIKEWORD_RP2040_USB_H
#define SPIKEWORD_RP2040_USB_H

#include "rp2040.h"

#define PACKET 64u
#define NOTIFY 1u
#define DATA 2u
#define IN 0u
#define OUT 1u

/* The controller's memory: the setup packet, two control words of each endpoint, and buffers. */
#define SETUP ((const volatile uint8_t *)(uintptr_t)USB_RAM)
#define ENDPOINT(number, direction) REGISTER(USB_RAM + 8 * (number) + 4 * (direction))
#define BUFFER(number, direction) REGISTER(USB_RAM + 0x80 + 8 * (number) + 4 * (direction))
#define CONTROL_PLACE 0x100u
#define NOTIFY_PLACE 0x180u
#define IN_PLACE 0x1c0u
#define OUT_PLACE 0x200u
#define BYTES(place) ((volatile uint8_t *)(uintptr_t)(USB_RAM + (place)))

#define ENDPOINT_ON (1u << 31 | 1u << 29) /* with an interrupt for each buffer */
#define ENDPOINT_BULK (2u << 26)
#define ENDPOINT_INTERRUPT (3u << 26)
#define BUFFER_FULL (1u << 15)
#define BUFFER_DATA1 (1u << 13)
#define BUFFER_STALL (1u << 11)
#define BUFFER_AVAILABLE (1u << 10)
#define BUFFER_LENGTH 0x3ffu

/* The controller has another clock, and may see the bits of a write one by one: the one that counts comes later. */
static inline void give_buffer(uint32_t number, uint32_t direction, uint32_t value) {
  BUFFER(number, direction) = value;
  __asm__ volatile("nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop" ::: "memory");
  BUFFER(number, direction) = value | BUFFER_AVAILABLE;
}

/* The port, for the requests that are about it. */

bool port_is_open(void);
/** Begins anew, with DATA0 in both directions. */
void port_open(void);
/** Forgets what is on its way. */
void port_close(void);
/** Both directions of an endpoint have a halt of their own: `endpoint` as in a request, 0x80 and its number for IN. */
void port_clear_halt(uint32_t endpoint);

/* Control transfers, for the interrupt. */

void control_setup(void);
/** The computer has taken a packet of a control transfer. */
void control_taken(void);
void control_received(void);

#endif
