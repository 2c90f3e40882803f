#include "../hal/hal.h"
#include "../runtime/kernel.h"
#include "../store/slots.h"
#include "listening.h"
#include "running.h"
#include "session.h"

/** Tells people about a slot whose model is damaged or not for this firmware. */
static void report_slot(uint32_t slot) {
  static const char *const damaged[SLOTS] = {"slot 0: the model is damaged", "slot 1: the model is damaged"};
  static const char *const refused[SLOTS] = {"slot 0: the model is not for this firmware",
                                             "slot 1: the model is not for this firmware"};
  switch (slot_get(slot)->state) {
    case SLOT_DAMAGED:
      session_text(damaged[slot]);
      break;
    case SLOT_REFUSED:
      session_text(refused[slot]);
      break;
    default:
      break;
  }
}

int main(void) {
  hal_start();
  kernel_start();
  running_start();
  session_start(hal_nonce());
  for (uint32_t slot = 0; slot < SLOTS; slot++) report_slot(slot);
  while (!session_restart_wanted()) {
    const int byte = hal_receive();
    // an answer waits for one piece of listening at most
    if (byte >= 0) session_receive((uint8_t)byte);
    else if (!listening_continue()) hal_wait();
  }
  listening_stop();
  hal_restart();
}
