/** A microphone that records a file. */
#ifndef SPIKEWORD_POSIX_MICROPHONE_H
#define SPIKEWORD_POSIX_MICROPHONE_H

#include "options.h"

/** Reads the whole file, if there is one. Called once, before any other function of the microphone. */
void microphone_open(struct options options);

#endif
