#include "running.h"

#include <stddef.h>

#include "../hal/hal.h"
#include "../runtime/kernel.h"
#include "../store/slots.h"

static uint32_t running = NO_SLOT;
static bool bound;

uint32_t running_slot(void) { return running; }

void running_unbind(void) { bound = false; }

struct outcome running_trapped(void) {
  const struct outcome outcome = failed(TRAPPED, kernel_trap(), kernel_trap_address());
  kernel_start();
  bound = false;
  return outcome;
}

/** Turns the kernel's answer to load or check into a status of the protocol. */
static struct outcome judged(int32_t error) {
  if (error == KERNEL_TRAPPED) return running_trapped();
  const uint32_t detail = kernel_query(QUERY_ERROR_DETAIL);
  const uint32_t other = kernel_query(QUERY_ERROR_OTHER);
  switch (error) {
    case 0:
      return done();
    case ERROR_VERSION:
      return failed(MODEL_FORMAT, detail, other);
    case ERROR_RAM:
      return failed(NOT_ENOUGH_RAM, detail, other);
    default:
      return failed(MODEL_INVALID, (uint32_t)error, detail);
  }
}

struct outcome running_check(const uint8_t *head, uint32_t given, uint32_t length) {
  bound = false;
  if (!kernel_bind(head, given)) {
    // the lengths are those of BEGIN's body, which has 8 bytes before the file's first bytes
    return failed(BAD_BODY, 8 + given, 8 + (length < SHOWN_BYTES ? length : SHOWN_BYTES));
  }
  const struct outcome outcome = judged(kernel_check(length));
  kernel_bind(NULL, 0);
  return outcome;
}

struct outcome running_try(uint32_t slot, uint32_t length) {
  const uint32_t address = model_address(slot);
  bound = false;
  const uint8_t *model = hal_flash_map(address, length);
  if (model == NULL || !kernel_bind(model, length)) return failed(FLASH_READ, address, length);
  return judged(kernel_load());
}

void running_start(void) {
  running = NO_SLOT;
  bound = false;
  for (uint32_t slot = 0; slot < SLOTS; slot++) slot_scan(slot);
  uint32_t slot;
  while ((slot = slot_newest()) != NO_SLOT) {
    if (running_switch(slot).status == OK) return;
    slot_refuse(slot);
  }
}

struct outcome running_switch(uint32_t slot) {
  const struct outcome outcome = running_try(slot, slot_get(slot)->length);
  if (outcome.status != OK) return outcome;
  running = slot;
  bound = true;
  return done();
}

struct outcome running_ready(void) {
  if (running == NO_SLOT) return failed(NO_MODEL, slot_get(0)->state, slot_get(1)->state);
  return bound ? done() : running_switch(running);
}
