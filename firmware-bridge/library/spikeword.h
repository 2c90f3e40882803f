/**
 * spikeword: a spiking network that listens for words, in integers. C99 and C++; no heap, nothing from libc but
 * string.h. The same arithmetic runs on the computer that made the model: spikeword_selftest proves it in your build.
 *
 *   static spikeword ear;
 *   spikeword_detection found;
 *   if (spikeword_init(&ear, MODEL, MODEL_BYTES) != SPIKEWORD_OK) puts(spikeword_message(&ear));
 *   …
 *   if (spikeword_push(&ear, samples, count, &found)) puts(spikeword_word(&ear, found.word));
 *
 * All state is in the `spikeword` that the caller gives. Several may exist at once, also in different threads; calls
 * with the same one must not overlap.
 */
#ifndef SPIKEWORD_H
#define SPIKEWORD_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Sound: 16-bit samples, mono, this many in a second. */
#define SPIKEWORD_SAMPLE_RATE 16000

/**
 * Bytes of RAM for networks: those that the models of this folder need, and room to compute some things only once. If
 * you change it, change it here, for all your sources; a multiple of 16 from 16384 to 65520.
 */
#define SPIKEWORD_RAM_BYTES 65520u

/** Bytes of all state. */
#define SPIKEWORD_STATE_BYTES (SPIKEWORD_RAM_BYTES + 1024u)

/** One listener. spikeword_init makes it ready, whatever is in it; call no other function before. */
typedef union spikeword {
  uint64_t alignment;
  uint8_t bytes[SPIKEWORD_STATE_BYTES];
} spikeword;

/** What functions return, and spikeword_message explains. */
typedef enum spikeword_status {
  SPIKEWORD_OK = 0,
  /** The model cannot be used: damaged, of another version, not at an address that is a multiple of 4. */
  SPIKEWORD_BAD_MODEL = 1,
  /** The model needs more than SPIKEWORD_RAM_BYTES, or this header and the compiled library are of two exports. */
  SPIKEWORD_NO_RAM = 2,
  /** The model classifies clips and does not say how to detect words. */
  SPIKEWORD_CANNOT_LISTEN = 3,
  /** Model or state was overwritten: the network stopped itself before it could do harm. Start again with init. */
  SPIKEWORD_STOPPED = 4,
  /** Model and test do not belong together, or a stage of the self test differs. */
  SPIKEWORD_DIFFERS = 5
} spikeword_status;

/** A word that was heard. */
typedef struct spikeword_detection {
  /** Which word of the model, from 0. */
  int32_t word;
  /** Its average probability, 65535 for certain. */
  uint16_t score;
  /** How many samples had been heard. */
  uint64_t samples;
} spikeword_detection;

/** What spikeword_init calls, so that a library that was compiled with another SPIKEWORD_RAM_BYTES refuses. */
spikeword_status spikeword_init_state(spikeword *ear, uint32_t state_bytes, const void *model, uint32_t model_bytes);

/**
 * Checks a model, which stays where it is, in flash or in an array, aligned to 4 bytes, and begins to listen. Every
 * byte is checked, which takes about as long as listening to a second of sound.
 */
static inline spikeword_status spikeword_init(spikeword *ear, const void *model, uint32_t model_bytes) {
  return spikeword_init_state(ear, (uint32_t)sizeof *ear, model, model_bytes);
}

/** Begins to listen to another sound: what came before is forgotten. */
void spikeword_reset(spikeword *ear);

/**
 * Hears the next samples, any number, and computes what they complete. Returns true if a word was detected in them;
 * `found`, if not NULL, is then the last one. Most calls take no time; the longest takes what one result of the network
 * takes, for each of them that the samples complete. Where that is too long, use spikeword_take and spikeword_step.
 */
bool spikeword_push(spikeword *ear, const int16_t *samples, uint32_t count, spikeword_detection *found);

/**
 * Hears the next samples up to the end of a frame of 20 ms and returns how many it took: 0 while spikeword_step has
 * work. Computes at most the features of a frame.
 */
uint32_t spikeword_take(spikeword *ear, const int16_t *samples, uint32_t count);

/**
 * Computes one layer of the network, if there is work. Returns true if there is more. Watchdogs can be fed between
 * calls, and microphones read.
 *
 *   while (count > 0) {
 *     const uint32_t taken = spikeword_take(&ear, samples, count);
 *     samples += taken;
 *     count -= taken;
 *     while (spikeword_step(&ear)) feed_the_watchdog();
 *     if (spikeword_found(&ear, &found)) …
 *   }
 */
bool spikeword_step(spikeword *ear);

/** Returns true, once, if a word has been detected since the last call; `found` is then the last one. */
bool spikeword_found(spikeword *ear, spikeword_detection *found);

/** Tells that `count` samples were lost here. Sound before and after does not belong together: a new stream begins. */
void spikeword_gap(spikeword *ear, uint64_t count);

/**
 * Recognises one clip: one second of sound with a word, at most 16000 samples; missing ones are silence. Returns the
 * word, or −1 after spikeword_message. Ends listening until spikeword_reset.
 */
int32_t spikeword_classify(spikeword *ear, const int16_t *samples, uint32_t count);

/** The number of words that the model tells apart, those that begin with `_` included, and the name of each. */
int32_t spikeword_words(const spikeword *ear);
const char *spikeword_word(const spikeword *ear, int32_t word);

/** The word's average probability in the last result, 65535 for certain; 0 if the model cannot listen. */
uint16_t spikeword_probability(spikeword *ear, int32_t word);

/** From which average on a word is detected, 65535 for certain; 0: never. The model has its own. */
uint16_t spikeword_threshold(spikeword *ear, int32_t word);
void spikeword_set_threshold(spikeword *ear, int32_t word, uint16_t threshold);

/** Of the last result: the score of a word, in units of the model; spikes and additions of weights of a layer. */
int32_t spikeword_score(spikeword *ear, int32_t word);
int32_t spikeword_layers(spikeword *ear);
uint32_t spikeword_spikes(spikeword *ear, int32_t layer);
uint32_t spikeword_operations(spikeword *ear, int32_t layer);
/** Timesteps that the last result took: fewer than the model has if it decided early. */
uint32_t spikeword_timesteps(spikeword *ear);

/**
 * Measures with a clock of yours, which counts up, `hz` times a second, to 2^32 and then from 0. spikeword_load returns
 * how much of the last second of sound was spent in this library, in thousandths: 300 leaves time for others; more than
 * 1000 means that this chip is too slow, and samples will be lost. 0 before the first second.
 */
void spikeword_clock(spikeword *ear, uint32_t (*now)(void), uint32_t hz);
uint32_t spikeword_load(const spikeword *ear);

/** How an I2S microphone sends samples. */
typedef struct spikeword_i2s {
  /** Bits of a sample in memory: 16, 24 in three bytes, or 32, little-endian. */
  uint8_t bits;
  /** Samples in a frame: 1, or 2 for left and right. */
  uint8_t slots;
  /** The microphone's: 0 for left, 1 for right. */
  uint8_t slot;
  /**
   * How many bits are shifted out on the right. 16 for 32 bits, or for 24 bits on the left of 32; 8 for 24 bits, or for
   * 24 bits on the right of 32. One less doubles the volume; what is then too loud is limited. Many microphones are so
   * quiet that 14 or 13 is right for 32 bits.
   */
  uint8_t shift;
} spikeword_i2s;

/** Writes the samples of `count` I2S frames to `samples`, which may begin where the frames do. */
void spikeword_from_i2s(const spikeword_i2s *format, const void *frames, uint32_t count, int16_t *samples);

/** What the computer that made the model computed from a built-in signal. Each model of an export comes with one. */
typedef struct spikeword_test {
  uint32_t seed, samples;
  uint32_t features, scores;
  uint32_t layers;
  const uint32_t *spikes;
  const char *const *layer_names;
  uint32_t heard;
  int32_t word;
  uint32_t word_samples;
} spikeword_test;

/**
 * Computes the same from the same signal, here, and compares features, spikes of each layer, scores and what is heard
 * in a stream. Returns SPIKEWORD_OK if all are equal; else spikeword_message names the first stage that differs.
 * Takes as long as a few seconds of sound. Then thresholds are those of the model, and listening begins anew.
 */
spikeword_status spikeword_selftest(spikeword *ear, const spikeword_test *test);

/** What went wrong last, or what the self test found; never NULL, until the next call. */
const char *spikeword_message(const spikeword *ear);

#ifdef __cplusplus
}
#endif

#endif
