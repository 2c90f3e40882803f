// Says whether this board, with this compiler, computes what the maker of the model computed.
#include <spikeword_NAME.h>

static spikeword ear;

void setup() {
  Serial.begin(115200);
  while (!Serial) {
  }
}

void loop() {
  spikeword_init(&ear, spikeword_model_NAME, SPIKEWORD_BYTES_NAME);
  Serial.println(spikeword_message(&ear));
  spikeword_selftest(&ear, &spikeword_test_NAME);
  Serial.println(spikeword_message(&ear));
  delay(5000);
}
