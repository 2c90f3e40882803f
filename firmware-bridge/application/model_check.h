/**
 * Whether a model would fit and run here, from the first bytes of its file. The kernel checks the whole file before it
 * runs; this is for saying no before anything is erased.
 */
#ifndef SPIKEWORD_MODEL_CHECK_H
#define SPIKEWORD_MODEL_CHECK_H

#include "../protocol/packet.h"

/** The version of the model format that the kernel reads. */
#define MODEL_FORMAT_VERSION 1

/**
 * Checks header, section table and, as far as they lie within `head`, features, labels' number and network of a file of
 * `length` bytes, and the RAM that it needs against `ram`. The errors are those of the protocol.
 */
struct outcome model_check(const uint8_t *head, uint32_t given, uint32_t length, uint32_t ram);

#endif
