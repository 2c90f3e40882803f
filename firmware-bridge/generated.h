/* Generated from contracts/ by npm run generate; change it there. */
#ifndef SPIKEWORD_GENERATED_H
#define SPIKEWORD_GENERATED_H

/* Sound and features. */

/** Sample rate of all sound after it is read, Hz. */
#define SAMPLE_RATE_HZ 16000
/** Samples per millisecond. */
#define SAMPLES_PER_MS 16
/** Samples in a clip: one second. */
#define CLIP_SAMPLES 16000
/** Samples in the window of a frame. */
#define WINDOW_SAMPLES 640
/** Samples from one frame to the next. */
#define HOP_SAMPLES 320
/** Milliseconds from one frame to the next. */
#define FRAME_MS 20
/** Zeros in frame 0 before the first sample: frame k covers samples 320k − 128 … 320k + 511. */
#define SAMPLES_BEFORE 128
/** Samples that complete frame 0; every further hop completes one more frame. */
#define FIRST_FRAME_SAMPLES 512
/** Frames in a clip; a network description may drop the last one. */
#define CLIP_FRAMES 49
/** Points of the Fourier transform; the window is in the middle. */
#define FFT_SIZE 1024
/** Triangular HTK mel bands, not normalised by area. */
#define MEL_BANDS 40
/** Lower edge of the first mel band. */
#define LOWEST_HZ 20
/** Upper edge of the last mel band. */
#define HIGHEST_HZ 4000
/** Cepstral coefficients per frame. */
#define COEFFICIENTS 10
/** Fraction bits of the raw MFCCs of the fixed-point front end. */
#define MFCC_FRACTION_BITS 12
/** Fraction bits of the multipliers that turn raw MFCCs into int8 features. */
#define MULTIPLIER_FRACTION_BITS 16

/* The kernel and its models. */

/** The version of the kernel's ABI. */
#define ABI_VERSION 2
/** The newest version of the model format that the kernel reads. */
#define MODEL_FORMAT_VERSION 3
/** Offset of the section table in a model, and bytes of an entry: kind, offset, length. */
#define SECTION_TABLE 20
#define SECTION_ENTRY 12
/** Offset of the layer records in the network section, and bytes of a record. */
#define NETWORK_RECORDS 44
#define LAYER_BYTES 60

/** Sections of a model, in their order. */
enum section {
  SECTION_FEATURES = 1,
  SECTION_LABELS = 2,
  SECTION_NETWORK = 3,
  SECTION_WEIGHTS = 4,
  SECTION_SCALES = 5,
  SECTION_PROVENANCE = 6,
  SECTION_DETECTION = 7,
};

/** Offsets of the fields of a layer record. */
enum layer_field {
  LAYER_STAGE = 0,
  LAYER_BLOCK = 2,
  LAYER_INPUT_CHANNELS = 4,
  LAYER_INPUT_FRAMES = 6,
  LAYER_INPUT_BANDS = 8,
  LAYER_CHANNELS = 10,
  LAYER_FRAMES = 12,
  LAYER_BANDS = 14,
  LAYER_KERNEL_TIME = 16,
  LAYER_KERNEL_FREQUENCY = 17,
  LAYER_STRIDE_TIME = 18,
  LAYER_STRIDE_FREQUENCY = 19,
  LAYER_SHORTCUT = 20,
  LAYER_CONVOLUTION = 21,
  LAYER_SHORTCUT_STRIDE_TIME = 22,
  LAYER_SHORTCUT_STRIDE_FREQUENCY = 23,
  LAYER_THRESHOLD_ROWS = 24,
  LAYER_BIAS_OFFSET = 28,
  LAYER_THRESHOLD_OFFSET = 32,
  LAYER_WEIGHT_OFFSET = 36,
  LAYER_SHORTCUT_OFFSET = 40,
  LAYER_CURRENT_MIN = 44,
  LAYER_CURRENT_MAX = 48,
  LAYER_MEMBRANE_MIN = 52,
  LAYER_MEMBRANE_MAX = 56,
};

/** Keys of the kernel's query: addresses, sizes and results. */
enum query {
  QUERY_ERROR_DETAIL = 0,
  QUERY_ERROR_OTHER = 1,
  QUERY_RAM_BYTES = 2,
  QUERY_SAMPLES = 3,
  QUERY_PUSH_SAMPLES = 4,
  QUERY_FRAMES_READY = 5,
  QUERY_FEATURES = 6,
  QUERY_FRAMES = 7,
  QUERY_COEFFICIENTS = 8,
  QUERY_TIMESTEPS = 9,
  QUERY_LAYERS = 10,
  QUERY_CLASSES = 11,
  QUERY_WINNER = 12,
  QUERY_SCORES = 13,
  QUERY_SPIKE_COUNTS = 14,
  QUERY_OPERATION_COUNTS = 15,
  QUERY_CURRENTS = 16,
  QUERY_HOP = 17,
  QUERY_DETECTED = 18,
  QUERY_DETECTED_SCORE = 19,
  QUERY_AVERAGES = 20,
  QUERY_THRESHOLDS = 21,
  QUERY_TIMESTEPS_COMPUTED = 22,
  QUERY_SPIKES = 256,
};

/** Errors of the kernel's load. */
enum load_error {
  ERROR_PLACE = 1,
  ERROR_TOO_SHORT = 2,
  ERROR_MAGIC = 3,
  ERROR_VERSION = 4,
  ERROR_LENGTH = 5,
  ERROR_CRC = 6,
  ERROR_SECTION = 7,
  ERROR_FEATURES = 8,
  ERROR_LABELS = 9,
  ERROR_NETWORK = 10,
  ERROR_LAYER = 11,
  ERROR_OFFSET = 12,
  ERROR_THRESHOLD = 13,
  ERROR_WORK = 14,
  ERROR_RAM = 15,
  ERROR_DETECTION = 17,
  ERROR_NOT_EMBEDDED = 16,
};

/** Why the kernel stopped itself. */
enum kernel_trap_reason {
  KERNEL_TRAP_NONE = 0,
  KERNEL_TRAP_OUT_OF_BOUNDS = 1,
  KERNEL_TRAP_INTEGER_OVERFLOW = 2,
  KERNEL_TRAP_DIVISION_BY_ZERO = 3,
  KERNEL_TRAP_INVALID_CONVERSION = 4,
  KERNEL_TRAP_UNREACHABLE = 5,
  KERNEL_TRAP_STACK = 8,
};

/* The board. */

/** Baud rate of a wired serial port; pseudoterminals and USB ignore it. */
#define BAUD_RATE 500000u

/** What a board counts as work. */
enum count_unit {
  HAL_COUNT_NONE = 0,
  HAL_COUNT_INSTRUCTIONS = 1,
  HAL_COUNT_CYCLES = 2,
};

#endif
