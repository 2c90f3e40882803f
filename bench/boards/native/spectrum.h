#ifndef NATIVE_SPECTRUM_H
#define NATIVE_SPECTRUM_H

#include <stdint.h>

/** Returns the power of bins 1 … 255 of 640 samples, 42 fraction bits, at BIN_PLACE[bin]; spectrum.ts explains how. */
const uint64_t *power_spectrum(const int16_t *samples);

#endif
