// Says whether this board, with this compiler, computes what the maker of the model computed.
#include <spikeword_MODEL.h>

static spikeword ear;

void setup() {
  Serial.begin(115200);
  while (!Serial) {
  }
}

void loop() {
  spikeword_init(&ear, spikeword_MODEL, SPIKEWORD_MODEL_BYTES);
  Serial.println(spikeword_message(&ear));
  spikeword_selftest(&ear, &spikeword_MODEL_test);
  Serial.println(spikeword_message(&ear));
  delay(5000);
}
