#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void refuse(const char *name, const char *value) {
  fprintf(stderr, "%s=%s: not a valid value; firmware-bridge/boards/posix/options.h lists the options\n", name, value);
  exit(2);
}

static uint32_t number(const char *name, uint32_t otherwise) {
  const char *value = getenv(name);
  if (value == NULL) return otherwise;
  char *end;
  const unsigned long found = strtoul(value, &end, 0);
  if (*value == 0 || *end != 0 || found > UINT32_MAX) refuse(name, value);
  return (uint32_t)found;
}

static void read_cut(struct options *options) {
  const char *value = getenv("SPIKEWORD_CUT");
  if (value == NULL) return;
  char how[8];
  if (sscanf(value, "%u:%7[a-z]:%u", &options->cut_at, how, &options->cut_seed) != 3) refuse("SPIKEWORD_CUT", value);
  if (strcmp(how, "before") == 0) options->cut = CUT_BEFORE;
  else if (strcmp(how, "half") == 0) options->cut = CUT_HALF;
  else if (strcmp(how, "after") == 0) options->cut = CUT_AFTER;
  else refuse("SPIKEWORD_CUT", value);
}

struct options options_read(void) {
  struct options options = {
      .flash = getenv("SPIKEWORD_FLASH"),
      .log = getenv("SPIKEWORD_FLASH_LOG"),
      .slot = number("SPIKEWORD_SLOT", 131072),
      .sector = number("SPIKEWORD_SECTOR", 4096),
      .unit = number("SPIKEWORD_UNIT", 4),
      .stuck = -1,
      .microphone = getenv("SPIKEWORD_MICROPHONE"),
      .microphone_rate = number("SPIKEWORD_MICROPHONE_RATE", 0),
  };
  if (options.flash == NULL) refuse("SPIKEWORD_FLASH", "(not set)");
  if (options.unit == 0 || (options.unit & (options.unit - 1)) != 0 || options.unit > 256) {
    refuse("SPIKEWORD_UNIT", getenv("SPIKEWORD_UNIT"));
  }
  if (options.sector < 256 || options.sector % options.unit != 0)
    refuse("SPIKEWORD_SECTOR", getenv("SPIKEWORD_SECTOR"));
  if (options.slot < 8192 || options.slot > 1 << 20 || options.slot % options.sector != 0) {
    refuse("SPIKEWORD_SLOT", getenv("SPIKEWORD_SLOT"));
  }
  const char *stuck = getenv("SPIKEWORD_STUCK");
  if (stuck != NULL) {
    uint32_t address;
    if (sscanf(stuck, "%u:%u", &address, &options.stuck_value) != 2) refuse("SPIKEWORD_STUCK", stuck);
    options.stuck = address;
  }
  const char *stall = getenv("SPIKEWORD_MICROPHONE_STALL");
  if (stall != NULL && sscanf(stall, "%u:%u", &options.stall_at, &options.stall_count) != 2) {
    refuse("SPIKEWORD_MICROPHONE_STALL", stall);
  }
  read_cut(&options);
  return options;
}
