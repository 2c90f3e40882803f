#include <string.h>

#include "../hal/hal.h"
#include "../protocol/bytes.h"
#include "../runtime/kernel.h"
#include "../store/update.h"
#include "clip.h"
#include "commands.h"
#include "listening.h"
#include "running.h"

/** Called before flash changes. */
static void leave_model(void) {
  clip_forget();
  listening_pause();
  running_unbind();
}

struct outcome command_begin(const struct request *request, struct answer *answer) {
  struct outcome outcome = body_within(request, 8, 8 + SHOWN_BYTES);
  if (outcome.status != OK) return outcome;
  const uint32_t length = get_u32(request->body);
  const uint32_t crc = get_u32(request->body + 4);
  const uint32_t given = length < SHOWN_BYTES ? length : SHOWN_BYTES;
  outcome = body_within(request, 8 + given, 8 + given);
  if (outcome.status != OK) return outcome;
  if (length > model_capacity()) return failed(TOO_LARGE, length, model_capacity());
  leave_model();
  outcome = running_check(request->body + 8, given, length);
  if (outcome.status != OK) return outcome;
  outcome = update_begin(running_slot(), length, crc);
  if (outcome.status != OK) return outcome;
  memset(answer->body, 0, 8);
  answer->body[0] = (uint8_t)update_slot();
  answer->length = 8;
  return done();
}

struct outcome command_write(const struct request *request, struct answer *answer) {
  struct outcome outcome = body_within(request, 5, PACKET_BODY);
  if (outcome.status != OK) return outcome;
  leave_model();
  outcome = update_write(get_u32(request->body), request->body + 4, request->length - 4);
  if (outcome.status != OK) return outcome;
  put_u32(answer->body, update_written());
  answer->length = 4;
  return done();
}

static struct outcome answer_running(struct answer *answer) {
  const struct slot *slot = slot_get(running_slot());
  put_u32(answer->body, running_slot());
  put_u32(answer->body + 4, slot->sequence);
  put_u32(answer->body + 8, slot->length);
  put_u32(answer->body + 12, slot->crc);
  answer->length = 16;
  return done();
}

/** Whether exactly this model runs: COMMIT was done, but its answer was lost. */
static bool runs_already(uint32_t length, uint32_t crc) {
  if (update_active() || running_slot() == NO_SLOT) return false;
  const struct slot *slot = slot_get(running_slot());
  return slot->length == length && slot->crc == crc;
}

struct outcome command_commit(const struct request *request, struct answer *answer) {
  struct outcome outcome = body_within(request, 8, 8);
  if (outcome.status != OK) return outcome;
  const uint32_t length = get_u32(request->body);
  const uint32_t crc = get_u32(request->body + 4);
  leave_model();
  if (runs_already(length, crc)) return answer_running(answer);

  outcome = update_verify(length, crc);
  if (outcome.status != OK) return outcome;
  const uint32_t slot = update_slot();
  outcome = running_try(slot, length);
  if (outcome.status != OK) {
    update_abandon();
    return outcome;
  }
  // programming may end the mapping through which the kernel has just read
  running_unbind();
  outcome = update_commit();
  if (outcome.status != OK) return outcome;
  outcome = running_switch(slot);
  return outcome.status == OK ? answer_running(answer) : outcome;
}

struct outcome command_rollback(const struct request *request, struct answer *answer) {
  struct outcome outcome = body_within(request, 0, 0);
  if (outcome.status != OK) return outcome;
  if (running_slot() == NO_SLOT) return failed(NO_MODEL, slot_get(0)->state, slot_get(1)->state);
  const uint32_t other = 1 - running_slot();
  if (slot_get(other)->state != SLOT_WHOLE) return failed(NO_OTHER_MODEL, slot_get(other)->state, 0);

  leave_model();
  outcome = running_try(other, slot_get(other)->length);
  running_unbind();
  if (outcome.status == OK) outcome = slot_write_record(other, slot_next_sequence(other));
  if (outcome.status == OK) outcome = running_switch(other);
  return outcome.status == OK ? answer_running(answer) : outcome;
}

struct outcome command_read(const struct request *request, struct answer *answer) {
  struct outcome outcome = body_within(request, 8, 8);
  if (outcome.status != OK) return outcome;
  const uint32_t slot = request->body[0];
  const uint32_t length = get_u16(request->body + 2);
  const uint32_t offset = get_u32(request->body + 4);
  if (slot >= SLOTS) return failed(OUT_OF_RANGE, slot, SLOTS - 1);
  if (length < 1 || length > PACKET_BODY) return failed(OUT_OF_RANGE, length, length < 1 ? 1 : PACKET_BODY);
  if (offset > model_capacity() - length) return failed(OUT_OF_RANGE, offset, model_capacity() - length);
  const uint32_t address = model_address(slot) + offset;
  if (!hal_flash_read(address, answer->body, length)) return failed(FLASH_READ, address, length);
  answer->length = length;
  return done();
}
