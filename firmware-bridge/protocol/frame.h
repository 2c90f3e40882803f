/** Frames on the line: 00 COBS(packet ‖ CRC-32 of the packet) 00. firmware-bridge/protocol.md draws them. */
#ifndef SPIKEWORD_FRAME_H
#define SPIKEWORD_FRAME_H

#include "cobs.h"
#include "packet.h"

#define FRAME_CRC 4
/** A packet with its CRC. */
#define FRAME_CONTENT (PACKET_BYTES + FRAME_CRC)

/** Finds packets in a stream of bytes that may hold anything else too; zeroed to begin with. */
struct frame_decoder {
  struct cobs_decoder cobs;
  uint32_t length;
  /** The bytes since the last zero are no frame: there are too many of them. */
  bool too_long;
  /** Something stood there since the last zero. */
  bool begun;
  /** Runs between zeros that were no frame. */
  uint32_t dropped;
  _Alignas(4) uint8_t content[FRAME_CONTENT];
};

/**
 * Takes the next byte of the line. Returns the packet that it completes, in `decoder->content` until the next call, and
 * its bytes, at least PACKET_HEADER, in `length`; NULL if it completes none.
 */
const uint8_t *frame_decode(struct frame_decoder *decoder, uint8_t byte, uint32_t *length);

/** Sends a packet of `length` bytes as a frame through `put`; writes the CRC behind it, where there is room for it. */
void frame_send(uint8_t *packet, uint32_t length, void (*put)(const uint8_t *piece, uint32_t length));

#endif
