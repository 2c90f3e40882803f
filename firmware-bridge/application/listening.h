/** Listening with the board's own microphone: the board detects words without a computer. */
#ifndef SPIKEWORD_LISTENING_H
#define SPIKEWORD_LISTENING_H

#include <stdbool.h>

/**
 * Does the next piece of work, at most one hop of samples; false if there is nothing to do. Begins to listen as soon as
 * that is possible.
 */
bool listening_continue(void);

/** Stops until LISTEN begins it again, because the computer uses the kernel. */
void listening_stop(void);

/** Called before the model or the flash changes; goes on afterwards with the model that then runs. */
void listening_pause(void);

#endif
