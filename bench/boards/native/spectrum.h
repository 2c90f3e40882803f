#ifndef NATIVE_SPECTRUM_H
#define NATIVE_SPECTRUM_H

#include <stdint.h>

/** Power of bins 1 … 255 of 640 samples, 42 fraction bits: spectrum.ts says how. */
void power_spectrum(const int16_t *samples);
uint64_t power_of(uint32_t bin);

#endif
