#include "front-end.h"

#include <string.h>

#include "spectrum.h"
#include "tables.h"

#define ZEROS_BEFORE 128
#define BANDS 40
/** 1e-6 with the 42 fraction bits of an energy. */
#define FLOOR UINT64_C(4398047)
#define ENERGY_FRACTION_BITS 42

static int16_t held[WINDOW_SAMPLES];
static uint32_t held_count;

void front_end_reset(void) {
  memset(held, 0, ZEROS_BEFORE * sizeof held[0]);
  held_count = ZEROS_BEFORE;
}

static uint64_t scaled(uint64_t x, uint32_t w) { return (x >> 32) * w + (((x & UINT32_MAX) * w) >> 32); }

static void mel_energies(const uint64_t *powers, uint64_t energies[BANDS]) {
  uint32_t bin = FIRST_BIN;
  for (uint32_t segment = 0; segment <= BANDS; segment++) {
    const uint32_t end = FIRST_BIN + SEGMENT_END[segment];
    uint64_t sum = 0, weighted = 0;
    for (; bin < end; bin++) {
      weighted += sum;
      sum += powers[BIN_PLACE[bin]];
    }
    const uint64_t fall = scaled(weighted, SEGMENT_FALL[2 * segment]) + scaled(sum, SEGMENT_FALL[2 * segment + 1]);
    if (segment > 0) energies[segment - 1] += fall;
    if (segment < BANDS) energies[segment] = sum - fall;
  }
}

static int32_t log2_of(uint64_t x) {
  const int32_t exponent = 63 - __builtin_clzll(x);
  const uint32_t mantissa = (uint32_t)((x << (63 - exponent)) >> 32);
  const int32_t *entry = LOGARITHM + ((mantissa >> 25) & 63);
  const int32_t rise = entry[1] - entry[0];
  return (exponent << 20) + ((entry[0] + (int32_t)(((int64_t)rise * (mantissa & 0x1ffffff)) >> 25)) >> 6);
}

static void cepstrum(const uint64_t energies[BANDS], int32_t raw[COEFFICIENTS]) {
  int32_t logs[2][BANDS / 2];
  for (uint32_t band = 0; band < BANDS / 2; band++) {
    const int32_t low = log2_of(energies[band] + FLOOR) - (ENERGY_FRACTION_BITS << 20);
    const int32_t high = log2_of(energies[BANDS - 1 - band] + FLOOR) - (ENERGY_FRACTION_BITS << 20);
    logs[0][band] = low + high;
    logs[1][band] = low - high;
  }
  for (uint32_t c = 0; c < COEFFICIENTS; c++) {
    const int32_t *row = COSINE + c * (BANDS / 2);
    const int32_t *value = logs[c & 1];
    int64_t sum = 0;
    for (uint32_t m = 0; m < BANDS / 2; m++) sum += (int64_t)row[m] * value[m];
    raw[c] = (int32_t)((sum + (INT64_C(1) << 39)) >> 40);
  }
}

int front_end_push(const int16_t *samples, uint32_t count, int32_t raw[COEFFICIENTS]) {
  int frames = 0;
  while (count > 0) {
    const uint32_t taken = count < WINDOW_SAMPLES - held_count ? count : WINDOW_SAMPLES - held_count;
    memcpy(held + held_count, samples, taken * sizeof held[0]);
    held_count += taken;
    samples += taken;
    count -= taken;
    if (held_count == WINDOW_SAMPLES) {
      uint64_t energies[BANDS];
      mel_energies(power_spectrum(held), energies);
      cepstrum(energies, raw);
      frames++;
      memmove(held, held + HOP_SAMPLES, (WINDOW_SAMPLES - HOP_SAMPLES) * sizeof held[0]);
      held_count = WINDOW_SAMPLES - HOP_SAMPLES;
    }
  }
  return frames;
}
