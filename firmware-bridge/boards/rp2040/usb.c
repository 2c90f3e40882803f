/*
 * A serial port on USB: the communications device class (CDC 1.2, PSTN 1.2), over the RP2040's controller (datasheet,
 * section 4.1). Bytes from the computer stay in the controller until the application takes them; meanwhile it refuses
 * more, so none is ever lost and there is no ring. The rate that the computer sets means nothing.
 */
#include "board.h"

#include <string.h>

#include "rp2040.h"

/* Raspberry Pi's vendor number, and the product that it gives to serial ports made by firmware of others. */
#define VENDOR 0x2e8au
#define PRODUCT 0x000au
#define CONFIGURATION 1u
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

#define LOW(number) ((number) & 0xff)
#define HIGH(number) ((number) >> 8)

static const uint8_t device_descriptor[] = {
    18, 1, 0x00, 0x02, 0x02, 0, 0, PACKET, LOW(VENDOR), HIGH(VENDOR), LOW(PRODUCT), HIGH(PRODUCT), 0, 1, 1, 2, 0, 1,
};

#define CONFIGURATION_BYTES 67
static const uint8_t configuration_descriptor[CONFIGURATION_BYTES] = {
    /* two interfaces, powered by the bus, 100 mA */
    9, 2, CONFIGURATION_BYTES, 0, 2, CONFIGURATION, 0, 0x80, 50,
    /* control, abstract control model */
    9, 4, 0, 0, 1, 2, 2, 0, 0,
    /* CDC 1.10; no call management; line coding and state; interface 0 controls 1 */
    5, 0x24, 0, 0x10, 0x01, 5, 0x24, 1, 0, 1, 4, 0x24, 2, 2, 5, 0x24, 6, 0, 1,
    /* notifications, of which there are none, every 255 ms */
    7, 5, 0x80 | NOTIFY, 3, 8, 0, 255,
    /* data */
    9, 4, 1, 0, 2, 10, 0, 0, 0, 7, 5, 0x80 | DATA, 2, PACKET, 0, 0, 7, 5, DATA, 2, PACKET, 0, 0};

static const char *const strings[] = {"spikeword", "spikeword " BOARD_NAME};

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

/** The control transfer that is going on. */
static struct {
  uint8_t bytes[CONFIGURATION_BYTES];
  uint32_t length, sent;
  /** The computer wants more than there is, so a full last packet is followed by an empty one. */
  bool wants_more;
  bool data1;
  bool receives_coding;
  uint8_t address;
} control;

/** Rate (115200), stop bits, parity and data bits, as the computer last set them. */
static uint8_t line_coding[7] = {0x00, 0xc2, 0x01, 0x00, 0, 0, 8};

/* The controller has another clock, and may see the bits of a write one by one: the one that counts comes later. */
static void give_buffer(uint32_t number, uint32_t direction, uint32_t value) {
  BUFFER(number, direction) = value;
  __asm__ volatile("nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop" ::: "memory");
  BUFFER(number, direction) = value | BUFFER_AVAILABLE;
}

static void control_packet(uint32_t length) {
  give_buffer(0, IN, BUFFER_FULL | (control.data1 ? BUFFER_DATA1 : 0) | length);
  control.data1 = !control.data1;
}

static void send_control_data(void) {
  const uint32_t left = control.length - control.sent;
  const uint32_t now = left < PACKET ? left : PACKET;
  for (uint32_t k = 0; k < now; k++) BYTES(CONTROL_PLACE)[k] = control.bytes[control.sent + k];
  control.sent += now;
  if (now < PACKET) control.wants_more = false;
  control_packet(now);
}

static void answer_control(const uint8_t *bytes, uint32_t length, uint32_t wanted) {
  control.length = length < wanted ? length : wanted;
  control.wants_more = length < wanted;
  control.sent = 0;
  memcpy(control.bytes, bytes, control.length);
  send_control_data();
}

/** Accepts a request without an answer. */
static void acknowledge(void) { control_packet(0); }

static void refuse(void) {
  USB_STALL_ARM = 3;
  BUFFER(0, IN) = BUFFER_STALL;
  BUFFER(0, OUT) = BUFFER_STALL;
}

static void answer_string(uint32_t index, uint32_t wanted) {
  static const uint8_t languages[] = {4, 3, 0x09, 0x04};
  if (index == 0) {
    answer_control(languages, sizeof languages, wanted);
    return;
  }
  if (index > sizeof strings / sizeof *strings) {
    refuse();
    return;
  }
  const char *text = strings[index - 1];
  uint8_t bytes[64];
  uint32_t length = 2;
  while (*text != 0 && length < sizeof bytes) {
    bytes[length++] = (uint8_t)*text++;
    bytes[length++] = 0;
  }
  bytes[0] = (uint8_t)length;
  bytes[1] = 3;
  answer_control(bytes, length, wanted);
}

static void answer_descriptor(uint32_t type, uint32_t index, uint32_t wanted) {
  if (type == 1) answer_control(device_descriptor, sizeof device_descriptor, wanted);
  else if (type == 2) answer_control(configuration_descriptor, sizeof configuration_descriptor, wanted);
  else if (type == 3) answer_string(index, wanted);
  else refuse();
}

static void await_data(void) {
  give_buffer(DATA, OUT, (port.data1[OUT] != 0 ? BUFFER_DATA1 : 0) | PACKET);
  port.data1[OUT] ^= 1;
}

/* A packet that nobody read must not reach whoever opens the port next, with a data bit that is out of step. */
static void forget_port(void) {
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

static void configure(uint32_t which) {
  forget_port();
  if (which == CONFIGURATION) {
    ENDPOINT(NOTIFY, IN) = ENDPOINT_ON | ENDPOINT_INTERRUPT | NOTIFY_PLACE;
    ENDPOINT(DATA, IN) = ENDPOINT_ON | ENDPOINT_BULK | IN_PLACE;
    ENDPOINT(DATA, OUT) = ENDPOINT_ON | ENDPOINT_BULK | OUT_PLACE;
    await_data();
    port.configured = true;
  }
  acknowledge();
}

/* Some systems clear a halt that there never was when a program opens the port: data then begin with DATA0 again. */
static void clear_halt(uint32_t endpoint) {
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

/** The standard's section 9.4. */
static void standard_request(uint32_t request, uint32_t value, uint32_t index, uint32_t wanted) {
  const uint8_t nothing[2] = {0, 0};
  const uint8_t configuration = port.configured ? CONFIGURATION : 0;
  switch (request) {
    case 0: /* status */
      answer_control(nothing, 2, wanted);
      break;
    case 1: /* clear a feature; an endpoint has only its halt */
      if ((SETUP[0] & 0x1f) == 2) clear_halt(index);
      acknowledge();
      break;
    case 3: /* set a feature, set the interface */
    case 11:
      acknowledge();
      break;
    case 5: /* the address is valid after this answer */
      control.address = (uint8_t)(value & 0x7f);
      acknowledge();
      break;
    case 6:
      answer_descriptor(value >> 8, value & 0xff, wanted);
      break;
    case 8:
      answer_control(&configuration, 1, wanted);
      break;
    case 9:
      configure(value & 0xff);
      break;
    case 10:
      answer_control(nothing, 1, wanted);
      break;
    default:
      refuse();
  }
}

/** PSTN 1.2, section 6.3. */
static void class_request(uint32_t request, uint32_t wanted) {
  switch (request) {
    case 0x20: /* set line coding: its bytes follow */
      control.receives_coding = true;
      give_buffer(0, OUT, BUFFER_DATA1 | PACKET);
      break;
    case 0x21:
      answer_control(line_coding, sizeof line_coding, wanted);
      break;
    case 0x22: /* DTR and RTS, and a break */
    case 0x23:
      acknowledge();
      break;
    default:
      refuse();
  }
}

static void setup(void) {
  control.data1 = true;
  control.address = 0;
  control.length = 0;
  control.sent = 0;
  control.receives_coding = false;
  const uint32_t type = SETUP[0];
  const uint32_t value = SETUP[2] | (uint32_t)SETUP[3] << 8;
  const uint32_t index = SETUP[4] | (uint32_t)SETUP[5] << 8;
  const uint32_t wanted = SETUP[6] | (uint32_t)SETUP[7] << 8;
  switch (type & 0x60) {
    case 0x00:
      standard_request(SETUP[1], value, index, wanted);
      break;
    case 0x20:
      class_request(SETUP[1], wanted);
      break;
    default:
      refuse();
  }
}

/** The computer has taken a packet of a control transfer. */
static void control_taken(void) {
  if (control.address != 0) {
    USB_ADDRESS = control.address;
    control.address = 0;
  }
  if (control.length == 0) return;
  if (control.sent < control.length || control.wants_more) {
    send_control_data();
    return;
  }
  control.length = 0;
  give_buffer(0, OUT, BUFFER_DATA1 | PACKET); /* the computer's acknowledgement, which is empty */
}

static void control_received(void) {
  if (!control.receives_coding) return;
  control.receives_coding = false;
  for (uint32_t k = 0; k < sizeof line_coding; k++) line_coding[k] = BYTES(CONTROL_PLACE)[k];
  acknowledge();
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
    forget_port();
  }
  if ((causes & INTERRUPT_BUFFER) != 0) buffers_done();
  if ((causes & INTERRUPT_SETUP) != 0) {
    USB_SIE_STATUS = STATUS_SETUP;
    setup();
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
