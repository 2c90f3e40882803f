/* What WAMR asks of an operating system, where there is none. */
#include "platform_api_vmcore.h"

int bh_platform_init(void) { return 0; }
void bh_platform_destroy(void) {}
void *os_malloc(unsigned size) { return malloc(size); }
void *os_realloc(void *block, unsigned size) { return realloc(block, size); }
void os_free(void *block) { free(block); }
int os_printf(const char *format, ...) { return format == NULL; }
int os_vprintf(const char *format, va_list arguments) {
  (void)arguments;
  return format == NULL;
}
uint64 os_time_get_boot_microsecond(void) { return 0; }
korp_tid os_self_thread(void) { return 0; }
uint8 *os_thread_get_stack_boundary(void) { return NULL; }
int os_mutex_init(korp_mutex *mutex) { return *mutex = 0; }
int os_mutex_destroy(korp_mutex *mutex) { return *mutex = 0; }
int os_mutex_lock(korp_mutex *mutex) { return *mutex = 0; }
int os_mutex_unlock(korp_mutex *mutex) { return *mutex = 0; }

/* The loader asks for globals of WAMR's libc even if it is built without. */
bool wasm_native_lookup_libc_builtin_global(const char *module, const char *name, void *global);
bool wasm_native_lookup_libc_builtin_global(const char *module, const char *name, void *global) {
  return module == NULL && name == NULL && global == NULL;
}
