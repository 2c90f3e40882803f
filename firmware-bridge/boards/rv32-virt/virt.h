#ifndef SPIKEWORD_VIRT_H
#define SPIKEWORD_VIRT_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

#endif
