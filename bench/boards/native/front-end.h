/** The fixed-point front end in plain C, with the same integers as assembly/inference/frontend. */
#ifndef NATIVE_FRONT_END_H
#define NATIVE_FRONT_END_H

#include <stdint.h>

#include "../../../firmware-bridge/generated.h"

/** Starts a clip: the next sample is its first. */
void front_end_reset(void);

/** Takes `count` ≤ 320 samples. If they complete a frame, writes its MFCCs, 12 fraction bits, and returns 1. */
int front_end_push(const int16_t *samples, uint32_t count, int32_t raw[COEFFICIENTS]);

#endif
