#ifndef SPIKEWORD_MEMORY_USE_H
#define SPIKEWORD_MEMORY_USE_H

/** What the stack is filled with before main; a word that still holds it was never used. */
#define STACK_PAINT 0x5a5a5a5au

#endif
