/* The interface of PDM in ArduinoCore-mbed. */
#pragma once
struct PDMClass {
  int begin(int channels, int rate);
  int available();
  int read(void *buffer, int bytes);
  void onReceive(void (*)(void));
};
extern PDMClass PDM;
