// The other file.
#include MODEL_HEADER
#include OTHER_HEADER

int other_file() {
  static spikeword third;
  return spikeword_init(&third, OTHER, sizeof OTHER);
}
