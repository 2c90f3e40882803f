/* A WebAssembly runtime with the portable module in it, as on-runtime.c uses it. */
#ifndef RUNTIME_H
#define RUNTIME_H

#include <stdbool.h>
#include <stdint.h>

/** Functions of the module. */
enum { SELF_TEST, QUERY, HEAR, WORK, FUNCTIONS };
static const char *const function_names[FUNCTIONS] = {"selfTest", "query", "hear", "work"};

/** Loads a module, which stays where it is, as in flash. Returns NULL, or what is wrong. */
const char *runtime_load(const uint8_t *module, uint32_t length);

/** Calls a function; the argument counts only if it takes one. A trap returns 0xdead. */
uint32_t runtime_call(uint32_t function, uint32_t argument);

/** Returns where an address of the module is. */
uint8_t *runtime_memory(uint32_t address);

/** Bytes of the linear memory that the runtime has given to the module. */
uint32_t runtime_memory_bytes(void);

/** Bytes of the runtime's own stack that were in use at some time. */
uint32_t runtime_stack_used(void);

#endif
