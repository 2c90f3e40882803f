/** Frames on the line: 00 COBS(packet ‖ CRC-32 of the packet) 00. firmware-bridge/protocol.md explains them. */
#ifndef SPIKEWORD_FRAME_H
#define SPIKEWORD_FRAME_H

#include "cobs.h"
#include "packet.h"

#define FRAME_CRC 4
/** A packet with its CRC. */
#define FRAME_CONTENT (PACKET_BYTES + FRAME_CRC)

/** Finds packets in a stream that may also contain any other bytes; all zeros at the start. */
struct frame_decoder {
  struct cobs_decoder cobs;
  uint32_t length;
  /** There are too many bytes since the last zero for a frame. */
  bool too_long;
  /** There are bytes since the last zero. */
  bool begun;
  /** Runs between zeros that were not a frame. */
  uint32_t dropped;
  _Alignas(4) uint8_t content[FRAME_CONTENT];
};

/**
 * Takes the next byte from the line. Returns the packet that it completes, or NULL. The packet stays in
 * `decoder->content` until the next call; `length` becomes its number of bytes, at least PACKET_HEADER.
 */
const uint8_t *frame_decode(struct frame_decoder *decoder, uint8_t byte, uint32_t *length);

/** Sends a packet of `length` bytes as a frame through `put`. Writes the CRC after it: the packet has room for that. */
void frame_send(uint8_t *packet, uint32_t length, void (*put)(const uint8_t *piece, uint32_t length));

#endif
