// Decodes every frame of its standard input and encodes its packet again on its standard output.
#include <stdio.h>
#include <string.h>

#include "protocol/frame.h"

static void put(const uint8_t *piece, uint32_t length) { fwrite(piece, 1, length, stdout); }

int main(void) {
  static struct frame_decoder decoder;
  static uint8_t copy[FRAME_CONTENT];
  for (int byte = getchar(); byte != EOF; byte = getchar()) {
    uint32_t length;
    const uint8_t *packet = frame_decode(&decoder, (uint8_t)byte, &length);
    if (packet == NULL) continue;
    memcpy(copy, packet, length);
    frame_send(copy, length, put);
  }
  return 0;
}
