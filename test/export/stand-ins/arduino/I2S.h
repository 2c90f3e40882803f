/* The interface of I2S in arduino-pico. */
#pragma once
#include <stddef.h>
#include <stdint.h>
enum PinMode_I2S { INPUT };
struct I2S {
  explicit I2S(PinMode_I2S);
  bool setBCLK(int);
  bool setDATA(int);
  bool setBitsPerSample(int);
  bool setBuffers(size_t buffers, size_t words, int32_t silence = 0);
  bool getOverUnderflow();
  bool begin(long rate);
  int available();
  bool read32(int32_t *left, int32_t *right);
};
