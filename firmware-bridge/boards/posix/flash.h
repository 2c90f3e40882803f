/** Flash in a file, with the faults that a test asks for. */
#ifndef SPIKEWORD_POSIX_FLASH_H
#define SPIKEWORD_POSIX_FLASH_H

#include "options.h"

/** Opens or makes the file. Called once, before anything else of the flash. */
void flash_open(struct options options);

#endif
