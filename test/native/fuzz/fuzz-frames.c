/** fuzz-frames SEED INPUTS: the frame decoder with valid, damaged, cut and random runs of bytes. */
#include <string.h>

#include "check.h"
#include "draw.h"
#include "protocol/bytes.h"
#include "protocol/crc32.h"
#include "protocol/frame.h"

static uint8_t line[4096];
static uint32_t line_length;

static void put(const uint8_t *bytes, uint32_t length) {
  CHECK(line_length + length <= sizeof line);
  memcpy(line + line_length, bytes, length);
  line_length += length;
}

static uint32_t draw_packet(uint8_t *packet) {
  const uint32_t length = PACKET_HEADER + (draw_one_in(4) ? draw_below(PACKET_BODY + 1) : draw_below(40));
  const uint32_t sort = draw_below(4);
  for (uint32_t k = 0; k < length; k++) {
    packet[k] = sort == 0   ? 0
                : sort == 1 ? 1 + (uint8_t)draw_below(255)
                : sort == 2 ? (uint8_t)draw()
                            : (uint8_t)draw_below(2);
  }
  return length;
}

static void damage(void) {
  for (uint32_t n = 1 + draw_below(3); n > 0; n--) {
    const uint32_t at = draw_below(line_length);
    switch (draw_below(4)) {
      case 0:
        line[at] ^= (uint8_t)(1 << draw_below(8));
        break;
      case 1:
        line[at] = (uint8_t)draw_number();
        break;
      case 2: // lost
        memmove(line + at, line + at + 1, line_length - at - 1);
        line_length--;
        break;
      default: // doubled
        memmove(line + at + 1, line + at, line_length - at);
        line_length++;
        break;
    }
    if (line_length == 0) put((const uint8_t *)"", 1);
  }
}

int main(int argc, char **argv) {
  CHECK(argc == 3);
  draw_state = strtoull(argv[1], NULL, 0);
  const uint32_t inputs = (uint32_t)strtoul(argv[2], NULL, 0);
  // in a separate block, so that the sanitizer sees any access beyond it
  struct frame_decoder *decoder = calloc(1, sizeof *decoder);
  uint32_t whole = 0;
  uint32_t found = 0;
  for (uint32_t input = 0; input < inputs; input++) {
    static uint8_t packet[PACKET_BYTES + FRAME_CRC];
    const uint32_t length = draw_packet(packet);
    const uint32_t sort = draw_below(8);
    line_length = 0;
    if (sort == 0) {
      line_length = 1 + draw_below(draw_one_in(8) ? 3000 : 100);
      const uint32_t nonzero = draw_below(2);
      for (uint32_t k = 0; k < line_length; k++) line[k] = (uint8_t)(draw() | nonzero);
    } else {
      frame_send(packet, length, put);
      if (sort < 6) damage();
      // a run that begins in the middle of another run
      if (sort == 6) put(line, line_length / 2);
    }
    bool intact = false;
    for (uint32_t k = 0; k < line_length; k++) {
      uint32_t bytes = 0;
      const uint8_t *got = frame_decode(decoder, line[k], &bytes);
      if (got == NULL) continue;
      found++;
      CHECK(bytes >= PACKET_HEADER && bytes <= PACKET_BYTES);
      CHECK(crc32_add(CRC32_EMPTY, got, bytes) == get_u32(got + bytes));
      intact |= bytes == length && memcmp(got, packet, length) == 0;
    }
    if (sort >= 6) {
      CHECK(intact);
      whole++;
    }
  }
  printf("%u inputs, %u whole, %u packets found, %u runs dropped\n", inputs, whole, found, decoder->dropped);
  free(decoder);
}
