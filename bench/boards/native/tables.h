/** The constants of assembly/inference/frontend/tables.ts; bench/boards/native-kernel.ts writes them in C. */
#ifndef NATIVE_TABLES_H
#define NATIVE_TABLES_H

#include <stdint.h>

#define FIRST_BIN 2

extern const int32_t HANN[640];
extern const int32_t SINE[769];
extern const uint8_t BIN_PLACE[256];
extern const uint8_t SEGMENT_END[41];
extern const uint32_t SEGMENT_FALL[82];
extern const int32_t LOGARITHM[65];
extern const int32_t COSINE[200];

#endif
