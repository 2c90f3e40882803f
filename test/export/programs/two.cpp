// The headers of two models in two C++ files of one program, of which this is one.
#include <cstdio>

#include MODEL_HEADER
#include OTHER_HEADER
#include MODEL_HEADER

int other_file();

static spikeword first, second;

int main() {
  spikeword_init(&first, MODEL, sizeof MODEL);
  spikeword_init(&second, OTHER, sizeof OTHER);
  const int failed = spikeword_selftest(&first, &TEST) + spikeword_selftest(&second, &OTHER_TEST);
  std::printf("%s\n%s\n", spikeword_message(&first), spikeword_message(&second));
  // a test of the other model
  spikeword_selftest(&first, &OTHER_TEST);
  std::printf("%s\n", spikeword_message(&first));
  return failed + other_file();
}
