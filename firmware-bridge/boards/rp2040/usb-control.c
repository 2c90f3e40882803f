/*
 * What the computer asks of the device on endpoint 0: descriptors, its address, and the state of a serial line, which
 * means nothing here.
 */
#include "usb.h"

#include <string.h>

/* Raspberry Pi's vendor number, and the product that it gives to serial ports made by firmware of others. */
#define VENDOR 0x2e8au
#define PRODUCT 0x000au
#define CONFIGURATION 1u

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

static void configure(uint32_t which) {
  if (which == CONFIGURATION) port_open();
  else port_close();
  acknowledge();
}

/** The standard's section 9.4. */
static void standard_request(uint32_t request, uint32_t value, uint32_t index, uint32_t wanted) {
  const uint8_t nothing[2] = {0, 0};
  const uint8_t configuration = port_is_open() ? CONFIGURATION : 0;
  switch (request) {
    case 0: /* status */
      answer_control(nothing, 2, wanted);
      break;
    case 1: /* clear a feature; an endpoint has only its halt */
      if ((SETUP[0] & 0x1f) == 2) port_clear_halt(index);
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

void control_setup(void) {
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

void control_taken(void) {
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

void control_received(void) {
  if (!control.receives_coding) return;
  control.receives_coding = false;
  for (uint32_t k = 0; k < sizeof line_coding; k++) line_coding[k] = BYTES(CONTROL_PLACE)[k];
  acknowledge();
}
