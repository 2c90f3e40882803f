#include "flash-range.h"

#include "../../hal/hal.h"

bool flash_range_valid(uint32_t address, uint32_t length) {
  const uint32_t area = 2 * hal_flash_slot_size();
  return address <= area && length <= area - address;
}

bool flash_programmable(uint32_t address, uint32_t length) {
  const uint32_t unit = hal_flash_program_size();
  return address % unit == 0 && length % unit == 0 && flash_range_valid(address, length);
}

bool flash_erasable(uint32_t address) {
  const uint32_t sector = hal_flash_sector_size();
  return address % sector == 0 && flash_range_valid(address, sector);
}
