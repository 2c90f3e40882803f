/*
 * A serial port on USB: the communications device class (CDC 1.2, PSTN 1.2), over the RP2040's controller (datasheet,
 * section 4.1). Bytes from the computer stay in the controller until the application takes them; meanwhile it refuses
 * more, so none is ever lost and there is no ring. usb-control.c has what the computer asks of the device.
 */
#include "usb.h"

#include "board.h"

#define INTERRUPT_BUFFER (1u << 4)
#define INTERRUPT_RESET (1u << 12)
#define INTERRUPT_SETUP (1u << 16)
#define STATUS_SETUP (1u << 17)
#define STATUS_RESET (1u << 19)
#define DONE(number, direction) (1u << (2 * (number) + (direction)))

/** How long a packet waits for a computer that does not read: less than the microphone's ring lasts. */
#define PATIENCE_TICKS (CLOCK_HZ / 20)
/** How long after the start a computer may take to notice the board; a board without one waits no longer. */
#define ENUMERATION_TICKS CLOCK_HZ

static struct {
  volatile bool configured;
  /** The next packet's data bit by direction, of the endpoint DATA. */
  uint32_t data1[2];
  /** Whether the computer has yet to take a packet, and whether it took none for too long. */
  volatile bool sending;
  bool deaf;
  /** Of the packet that has arrived. */
  volatile uint32_t received, taken;
} port;

static void await_data(void) {
  give_buffer(DATA, OUT, (port.data1[OUT] != 0 ? BUFFER_DATA1 : 0) | PACKET);
  port.data1[OUT] ^= 1;
}

/* A packet that nobody read must not reach whoever opens the port next, with a data bit that is out of step. */
void port_close(void) {
  BUFFER(DATA, IN) = 0;
  BUFFER(DATA, OUT) = 0;
  USB_BUFF_STATUS = DONE(DATA, IN) | DONE(DATA, OUT);
  port.configured = false;
  port.sending = false;
  port.deaf = false;
  port.received = 0;
  port.taken = 0;
  port.data1[IN] = 0;
  port.data1[OUT] = 0;
}

void port_open(void) {
  port_close();
  ENDPOINT(NOTIFY, IN) = ENDPOINT_ON | ENDPOINT_INTERRUPT | NOTIFY_PLACE;
  ENDPOINT(DATA, IN) = ENDPOINT_ON | ENDPOINT_BULK | IN_PLACE;
  ENDPOINT(DATA, OUT) = ENDPOINT_ON | ENDPOINT_BULK | OUT_PLACE;
  await_data();
  port.configured = true;
}

bool port_is_open(void) { return port.configured; }

/* Some systems clear a halt that there never was when a program opens the port: data then begin with DATA0 again. */
void port_clear_halt(uint32_t endpoint) {
  if (!port.configured) return;
  if (endpoint == (0x80 | DATA)) {
    const uint32_t length = BUFFER(DATA, IN) & BUFFER_LENGTH;
    BUFFER(DATA, IN) = 0;
    if (port.sending) give_buffer(DATA, IN, BUFFER_FULL | length);
    port.data1[IN] = port.sending ? 1 : 0;
  }
  if (endpoint == DATA) {
    port.data1[OUT] = 0;
    if (!usb_received()) await_data();
  }
}

static void data_received(void) {
  const uint32_t length = BUFFER(DATA, OUT) & BUFFER_LENGTH;
  if (length == 0) {
    await_data();
    return;
  }
  port.taken = 0;
  port.received = length;
}

static void buffers_done(void) {
  const uint32_t done = USB_BUFF_STATUS;
  USB_BUFF_STATUS = done;
  if ((done & DONE(0, IN)) != 0) control_taken();
  if ((done & DONE(0, OUT)) != 0) control_received();
  if ((done & DONE(DATA, IN)) != 0) port.sending = false;
  if ((done & DONE(DATA, OUT)) != 0) data_received();
}

void usb_interrupt(void) {
  const uint32_t causes = USB_INTS;
  if ((causes & INTERRUPT_RESET) != 0) {
    USB_SIE_STATUS = STATUS_RESET;
    USB_ADDRESS = 0;
    port_close();
  }
  if ((causes & INTERRUPT_BUFFER) != 0) buffers_done();
  if ((causes & INTERRUPT_SETUP) != 0) {
    USB_SIE_STATUS = STATUS_SETUP;
    control_setup();
  }
}

void usb_start(void) {
  peripherals_reset(RESET_USB);
  for (uint32_t at = 0; at < 0x1000; at += 4) REGISTER(USB_RAM + at) = 0;
  USB_MUXING = 1u << 0 | 1u << 3; /* to the pins, by software */
  USB_PWR = 1u << 2 | 1u << 3;    /* the board has power only from USB */
  USB_MAIN_CTRL = 1u << 0;
  USB_SIE_CTRL = 1u << 29; /* an interrupt for each buffer of endpoint 0 */
  USB_INTE = INTERRUPT_BUFFER | INTERRUPT_RESET | INTERRUPT_SETUP;
  interrupt_enable(IRQ_USB);
  USB_SIE_CTRL = 1u << 29 | 1u << 16; /* pull-up: the computer sees the board */
}

/* The interrupt changes the same variables: the compiler may not keep them across these. */
static void lock(void) {
  interrupt_disable(IRQ_USB);
  __asm__ volatile("dsb\n isb" ::: "memory");
}

static void unlock(void) {
  __asm__ volatile("" ::: "memory");
  interrupt_enable(IRQ_USB);
}

bool usb_received(void) { return port.taken < port.received; }

int hal_receive(void) {
  watchdog_feed(); /* the application asks for bytes all the time */
  if (!usb_received()) return -1;
  lock(); /* a reset of the bus takes the packet away */
  int byte = -1;
  if (usb_received()) {
    byte = BYTES(OUT_PLACE)[port.taken];
    port.taken = port.taken + 1;
    if (!usb_received()) await_data();
  }
  unlock();
  return byte;
}

/** Waits until the last packet is taken. Once nobody has read for a while, does not wait until somebody does. */
static bool can_send(void) {
  if (!port.sending) port.deaf = false;
  if (port.deaf) return false;
  while (!port.configured && hal_ticks() < ENUMERATION_TICKS) continue;
  const uint64_t start = hal_ticks();
  while (port.configured && port.sending) {
    if (hal_ticks() - start < PATIENCE_TICKS) continue;
    port.deaf = true;
    return false;
  }
  return port.configured;
}

static bool send_packet(const uint8_t *bytes, uint32_t length) {
  if (!can_send()) return false;
  lock();
  const bool still = port.configured;
  if (still) {
    for (uint32_t k = 0; k < length; k++) BYTES(IN_PLACE)[k] = bytes[k];
    port.sending = true;
    give_buffer(DATA, IN, BUFFER_FULL | (port.data1[IN] != 0 ? BUFFER_DATA1 : 0) | length);
    port.data1[IN] ^= 1;
  }
  unlock();
  return still;
}

/* A computer may wait for the end of a transfer, which is a packet that is not full. */
void hal_send(const uint8_t *bytes, uint32_t length) {
  for (uint32_t at = 0; at <= length; at += PACKET) {
    const uint32_t left = length - at;
    if (!send_packet(bytes + at, left < PACKET ? left : PACKET)) return;
  }
}

void usb_finish(void) { (void)can_send(); }
