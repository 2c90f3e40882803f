#ifndef SPIKEWORD_MEMORY_USE_H
#define SPIKEWORD_MEMORY_USE_H

/** The pattern that fills the stack before main; a word that still has it was never used. */
#define STACK_PAINT 0x5a5a5a5au

#endif
