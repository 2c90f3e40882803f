/* The interface of ESP_I2S in arduino-esp32 3. */
#pragma once
#include <stddef.h>
#include <stdint.h>
enum i2s_mode_t { I2S_MODE_STD };
enum i2s_data_bit_width_t { I2S_DATA_BIT_WIDTH_32BIT = 32 };
enum i2s_slot_mode_t { I2S_SLOT_MODE_STEREO = 2 };
struct I2SClass {
  void setPins(int8_t bclk, int8_t ws, int8_t dout, int8_t din = -1, int8_t mclk = -1);
  bool begin(i2s_mode_t, uint32_t rate, i2s_data_bit_width_t, i2s_slot_mode_t, int8_t slots = -1);
  size_t readBytes(char *buffer, size_t size);
};
