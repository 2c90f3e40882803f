#include <string.h>

#include "../hal/hal.h"
#include "../protocol/bytes.h"
#include "../runtime/kernel.h"
#include "../store/flash.h"
#include "../store/update.h"
#include "commands.h"
#include "counts.h"
#include "running.h"

#ifndef SPIKEWORD_VERSION
#error "define the version of the build: -DSPIKEWORD_VERSION=\"…\""
#endif

/** Bytes before the texts in the answer to HELLO. */
#define HELLO_BYTES 88

static void put_slot(uint8_t *to, const struct slot *slot) {
  put_u32(to, slot->sequence);
  put_u32(to + 4, slot->length);
  put_u32(to + 8, slot->crc);
  put_u32(to + 12, slot->state);
}

/** Appends a text and its final zero; cuts the text if the body has no room. */
static void put_text(struct answer *answer, const char *text) {
  uint32_t length = (uint32_t)strlen(text);
  if (length > PACKET_BODY - answer->length - 1) length = PACKET_BODY - answer->length - 1;
  memcpy(answer->body + answer->length, text, length);
  answer->body[answer->length + length] = 0;
  answer->length += length + 1;
}

struct outcome command_hello(const struct request *request, struct answer *answer, uint32_t nonce) {
  uint8_t *to = answer->body;
  put_u16(to, PROTOCOL_VERSION);
  put_u16(to + 2, kernel_abi_version());
  put_u32(to + 4, nonce);
  put_u32(to + 8, get_u32(request->body + 2));
  put_u32(to + 12, hal_flash_slot_size());
  put_u32(to + 16, model_capacity());
  put_u32(to + 20, hal_flash_sector_size());
  put_u16(to + 24, hal_flash_program_size());
  put_u16(to + 26, PACKET_BODY);
  put_u32(to + 28, kernel_ram_bytes());
  put_u32(to + 32, hal_ram_bytes());
  put_u32(to + 36, hal_stack_bytes());
  put_u32(to + 40, hal_firmware_bytes());
  put_u32(to + 44, hal_ticks_per_second());
  to[48] = hal_count_unit();
  to[49] = (uint8_t)running_slot();
  put_u16(to + 50, MODEL_FORMAT_VERSION);
  put_u32(to + 52, update_active());
  put_slot(to + 56, slot_get(0));
  put_slot(to + 72, slot_get(1));
  answer->length = HELLO_BYTES;
  put_text(answer, hal_board());
  put_text(answer, SPIKEWORD_VERSION);
  return done();
}

struct outcome command_statistics(const struct request *request, struct answer *answer) {
  struct outcome outcome = body_within(request, 0, 0);
  if (outcome.status != OK) return outcome;
  const bool model = running_ready().status == OK;
  uint8_t *to = answer->body;
  put_u64(to, hal_ticks());
  put_u32(to + 8, hal_stack_bytes());
  put_u32(to + 12, hal_stack_high_water());
  put_u32(to + 16, kernel_ram_bytes());
  put_u32(to + 20, model ? kernel_query(QUERY_RAM_BYTES) : 0);
  put_u32(to + 24, counts.requests);
  put_u32(to + 28, counts.repeats);
  put_u32(to + 32, counts.late);
  put_u32(to + 36, counts.dropped);
  put_u32(to + 40, counts.restarted);
  put_u32(to + 44, flash_erases());
  put_u32(to + 48, flash_programs());
  put_u32(to + 52, counts.inferences);
  answer->length = 56;
  return done();
}
