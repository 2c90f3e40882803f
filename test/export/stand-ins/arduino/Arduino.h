/* As much of Arduino as the examples of an export use, to compile them and to run the self test on a computer. */
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define OUTPUT 1
#define HIGH 1
#define LOW 0
#define LED_BUILTIN 13

struct SerialPort {
  void begin(long) {}
  explicit operator bool() const { return true; }
  void println(const char *text) { puts(text); }
};
extern SerialPort Serial;

/* The first pause ends the program. */
inline void delay(unsigned long) { exit(0); }
inline unsigned long millis() { return 0; }
inline unsigned long micros() { return 0; }
inline void pinMode(int, int) {}
inline void digitalWrite(int, int) {}
void setup();
void loop();
