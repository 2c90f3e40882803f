// Says whether this board, with this compiler, computes what the maker of the model computed.
#include <spikeword_@NAME@.h>

static spikeword ear;

void setup() {
  Serial.begin(115200);
  while (!Serial) {
  }
}

void loop() {
  spikeword_init(&ear, spikeword_@NAME@, SPIKEWORD_@CAPS@_BYTES);
  Serial.println(spikeword_message(&ear));
  spikeword_selftest(&ear, &spikeword_@NAME@_test);
  Serial.println(spikeword_message(&ear));
  delay(5000);
}
