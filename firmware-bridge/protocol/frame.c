#include "frame.h"

#include <stddef.h>

#include "bytes.h"
#include "crc32.h"

/** Returns the packet of a run that has ended, or NULL. */
static const uint8_t *end_of_run(struct frame_decoder *decoder, uint32_t *length) {
  if (decoder->too_long || !cobs_complete(&decoder->cobs)) return NULL;
  if (decoder->length < PACKET_HEADER + FRAME_CRC) return NULL;
  const uint32_t bytes = decoder->length - FRAME_CRC;
  if (crc32_add(CRC32_EMPTY, decoder->content, bytes) != get_u32(decoder->content + bytes)) return NULL;
  *length = bytes;
  return decoder->content;
}

const uint8_t *frame_decode(struct frame_decoder *decoder, uint8_t byte, uint32_t *length) {
  if (byte == 0) {
    if (!decoder->begun) return NULL;
    const uint8_t *packet = end_of_run(decoder, length);
    if (packet == NULL) decoder->dropped++;
    decoder->cobs = (struct cobs_decoder){0};
    decoder->length = 0;
    decoder->begun = false;
    decoder->too_long = false;
    return packet;
  }
  decoder->begun = true;
  uint8_t content;
  if (cobs_decode(&decoder->cobs, byte, &content) == 0) return NULL;
  if (decoder->length == FRAME_CONTENT) decoder->too_long = true;
  else decoder->content[decoder->length++] = content;
  return NULL;
}

void frame_send(uint8_t *packet, uint32_t length, void (*put)(const uint8_t *piece, uint32_t length)) {
  static const uint8_t zero = 0;
  put_u32(packet + length, crc32_add(CRC32_EMPTY, packet, length));
  put(&zero, 1);
  cobs_encode(packet, length + FRAME_CRC, put);
  put(&zero, 1);
}
