/** Flash in a file, with the faults that a test requests. */
#ifndef SPIKEWORD_POSIX_FLASH_H
#define SPIKEWORD_POSIX_FLASH_H

#include "options.h"

/** Opens or creates the file. Called once, before any other function of the flash. */
void flash_open(struct options options);

#endif
