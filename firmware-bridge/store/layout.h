/** Where things are in a slot: firmware-bridge/protocol.md, "Slots in flash". */
#ifndef SPIKEWORD_STORE_LAYOUT_H
#define SPIKEWORD_STORE_LAYOUT_H

#include <stdint.h>

#include "../protocol/generated.h"

/** The most bytes of a unit of programming. */
#define LONGEST_UNIT 256

/** Bytes of the header, and of the place that it takes. */
#define HEADER_BYTES 20
uint32_t header_place(void);

/** Bytes of a record, of the place that it takes, and the number of places in a slot. */
#define RECORD_BYTES 8
uint32_t record_place(void);
uint32_t record_places(void);

/** Addresses in the model area. */
uint32_t slot_address(uint32_t slot);
uint32_t record_address(uint32_t slot, uint32_t record);
uint32_t model_address(uint32_t slot);

/** The most bytes of a model. */
uint32_t model_capacity(void);

#endif
