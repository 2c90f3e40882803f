// Prints the words that the microphone hears, and lights the LED. Set the pins of your microphone below.
#include <spikeword_NAME.h>

static spikeword ear;

#if defined(ESP32)
// ESP32 with an I2S microphone such as INMP441 (3.3 V; its L/R pin to ground)
#include <ESP_I2S.h>
static I2SClass i2s;
static const int CLOCK = 26, WORD_SELECT = 25, DATA = 33;

static bool microphone_begin() {
  i2s.setPins(CLOCK, WORD_SELECT, -1, DATA);
  return i2s.begin(I2S_MODE_STD, SPIKEWORD_SAMPLE_RATE, I2S_DATA_BIT_WIDTH_32BIT, I2S_SLOT_MODE_STEREO);
}

static int microphone_read(int16_t *samples, int count) {
  static int32_t frames[2 * 160];
  const spikeword_i2s format = {32, 2, 0, 14};
  const int got = (int)(i2s.readBytes((char *)frames, 8 * (count < 160 ? count : 160)) / 8);
  spikeword_from_i2s(&format, frames, (uint32_t)got, samples);
  return got;
}

#elif defined(ARDUINO_ARCH_RP2040) && !defined(ARDUINO_ARCH_MBED)
// Pico with arduino-pico and an I2S microphone such as INMP441
#include <I2S.h>
static I2S i2s(INPUT);
static const int CLOCK = 26, DATA = 28;  // word select is the pin after the clock

static bool microphone_begin() {
  i2s.setBCLK(CLOCK);
  i2s.setDATA(DATA);
  i2s.setBitsPerSample(32);
  i2s.setBuffers(8, 640);  // 160 ms: longer than the network takes for a result
  return i2s.begin(SPIKEWORD_SAMPLE_RATE);
}

static int microphone_read(int16_t *samples, int count) {
  const spikeword_i2s format = {32, 2, 0, 14};
  int got = 0;
  if (i2s.getOverUnderflow()) spikeword_gap(&ear, 0);  // the sketch was too slow, and sound was lost
  while (got < count && i2s.available() >= 2) {
    int32_t frame[2];
    i2s.read32(&frame[0], &frame[1]);
    spikeword_from_i2s(&format, frame, 1, samples + got++);
  }
  return got;
}

#else
// Nano 33 BLE Sense and other boards with a PDM microphone
#include <PDM.h>
static int16_t buffer[2048];
static volatile uint32_t written;

static void on_sound() {
  static int16_t piece[512];
  const int got = PDM.read(piece, PDM.available() < (int)sizeof piece ? PDM.available() : (int)sizeof piece) / 2;
  for (int k = 0; k < got; k++) buffer[(written + (uint32_t)k) % 2048] = piece[k];
  written += (uint32_t)got;
}

static bool microphone_begin() {
  PDM.onReceive(on_sound);
  return PDM.begin(1, SPIKEWORD_SAMPLE_RATE);
}

static int microphone_read(int16_t *samples, int count) {
  static uint32_t read;
  if (written - read > 2048) {  // the sketch was too slow
    spikeword_gap(&ear, written - read);
    read = written;
  }
  int got = 0;
  while (got < count && read != written) samples[got++] = buffer[read++ % 2048];
  return got;
}
#endif

// not every board has an LED
static void light(bool on) {
#ifdef LED_BUILTIN
  digitalWrite(LED_BUILTIN, on ? HIGH : LOW);
#else
  (void)on;
#endif
}

static uint32_t microseconds() { return micros(); }

static void stop_with(const char *message) {
  for (;;) {
    Serial.println(message);
    delay(1000);
  }
}

void setup() {
  Serial.begin(115200);
#ifdef LED_BUILTIN
  pinMode(LED_BUILTIN, OUTPUT);
#endif
  if (spikeword_init(&ear, spikeword_model_NAME, SPIKEWORD_BYTES_NAME) != SPIKEWORD_OK)
    stop_with(spikeword_message(&ear));
  spikeword_clock(&ear, microseconds, 1000000);
  if (!microphone_begin()) stop_with("the microphone does not start");
  Serial.println(spikeword_message(&ear));
}

void loop() {
  static uint32_t lit, told;
  int16_t samples[160];
  spikeword_detection found;
  const int got = microphone_read(samples, 160);
  if (spikeword_push(&ear, samples, (uint32_t)got, &found)) {
    Serial.println(spikeword_word(&ear, found.word));
    light(true);
    lit = millis();
  }
  if (millis() - lit > 500) light(false);
  if (spikeword_load(&ear) > 1000 && millis() - told > 5000) {
    Serial.println("this board is too slow: it loses sound");
    told = millis();
  }
}
