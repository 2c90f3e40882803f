// For each line of standard input, `crc HEX` or `cobs HEX`, prints the CRC-32 or the encoded bytes in hexadecimal.
#include <stdio.h>
#include <string.h>

#include "protocol/cobs.h"
#include "protocol/crc32.h"

static void put(const uint8_t *piece, uint32_t length) {
  for (uint32_t k = 0; k < length; k++) printf("%02x", piece[k]);
}

int main(void) {
  static char line[8192];
  static uint8_t bytes[4096];
  while (fgets(line, sizeof line, stdin) != NULL) {
    char *hex = strchr(line, ' ');
    if (hex == NULL) return 1;
    uint32_t length = 0;
    unsigned byte;
    for (hex++; sscanf(hex, "%2x", &byte) == 1; hex += 2) bytes[length++] = (uint8_t)byte;
    if (line[1] == 'r') printf("%08x", crc32_add(CRC32_EMPTY, bytes, length));
    else cobs_encode(bytes, length, put);
    printf("\n");
  }
  return 0;
}
