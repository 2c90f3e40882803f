/*
 * The end of spikeword.c: compares what this build makes of a built-in signal with what the computer that made the
 * model made of it. host/export/self-test.ts and assembly/inference/self-test.ts do the same.
 */

/** A voice that says nothing: now and then 0.3 seconds of pulses through two resonators, which glide. */
struct voice {
  u32 random;
  s32 until_pulse, period;
  s32 formant[2], glide[2];
  s32 now[2], before[2];
  u32 samples;
};

static u32 next_random(struct voice *voice) {
  voice->random = voice->random * 1664525u + 1013904223u;
  return voice->random >> 16;
}

static void voice_begin(struct voice *voice, u32 seed) {
  memset(voice, 0, sizeof *voice);
  voice->random = seed;
}

static int16_t voice_next(struct voice *voice) {
  const bool loud = voice->samples / 2400 % 6 < 2;
  if (voice->samples++ % 2400 == 0) {
    voice->period = 80 + (s32)(next_random(voice) % 80);
    voice->glide[0] = (s32)(next_random(voice) % 5) - 2;
    voice->glide[1] = (s32)(next_random(voice) % 9) - 4;
    voice->formant[0] = 28500 + (s32)(next_random(voice) % 3000);
    voice->formant[1] = 20000 + (s32)(next_random(voice) % 8000);
  }
  s32 sound = 0;
  if (--voice->until_pulse < 0) {
    voice->until_pulse = voice->period;
    sound = loud ? 3000 : 0;
  }
  for (u32 k = 0; k < 2; k++) {
    /* y = x + c y' − r y'', c = 2√r cos ω */
    const s32 next = sound + ((voice->formant[k] * voice->now[k]) >> 14) - ((15400 * voice->before[k]) >> 14);
    voice->before[k] = voice->now[k];
    voice->now[k] = sound = next > 20000 ? 20000 : next < -20000 ? -20000 : next;
    if (voice->samples % 16 == 0) voice->formant[k] += voice->glide[k];
    sound /= 2;
  }
  return (int16_t)(sound + (s32)(next_random(voice) % 64) - 32);
}

static void voice_fill(struct voice *voice, u8 *to, u32 count) {
  for (u32 k = 0; k < count; k++) {
    const int16_t sample = voice_next(voice);
    memcpy(to + 2 * k, &sample, 2);
  }
}

/** CRC-32 as in PNG, of more bytes after those that gave `crc`. */
static u32 crc_more(u32 crc, const u8 *bytes, u32 length) {
  crc = ~crc;
  for (u32 at = 0; at < length; at++) {
    crc ^= bytes[at];
    for (u32 bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1u)));
  }
  return ~crc;
}

static u32 crc_of(struct instance *instance, u32 crc, enum query key, u32 length) {
  const u8 *bytes = ram(instance, query(instance, key), length);
  return bytes == NULL ? 0 : crc_more(crc, bytes, length);
}

static spikeword_status differs(struct instance *instance, const char *what) {
  return instance->trap == KERNEL_TRAP_NONE ? say(instance, SPIKEWORD_DIFFERS, what) : stopped(instance);
}

/** A window of the signal, layer by layer. */
static spikeword_status test_window(struct instance *instance, const spikeword_test *test) {
  struct voice voice;
  voice_begin(&voice, test->seed);
  call(instance, CALL_RESET, 0);
  const u32 all = window_samples(instance);
  for (u32 at = 0; at < all; at += HOP_SAMPLES) {
    const u32 count = all - at < HOP_SAMPLES ? all - at : HOP_SAMPLES;
    u8 *to = ram(instance, query(instance, QUERY_SAMPLES), 2 * count);
    if (to == NULL) return differs(instance, "features differ");
    voice_fill(&voice, to, count);
    call(instance, CALL_PUSH, count);
  }
  const u32 features = query(instance, QUERY_FRAMES) * query(instance, QUERY_COEFFICIENTS);
  if (crc_of(instance, 0, QUERY_FEATURES, features) != test->features) return differs(instance, "features differ");
  call(instance, CALL_BEGIN, 0);
  for (u32 layer = 0; layer < test->layers; layer++) {
    call(instance, CALL_STEP, 0);
    const u32 channels = layer_field(instance, layer, LAYER_CHANNELS) & 0xffff;
    const u32 frames = layer_field(instance, layer, LAYER_FRAMES) & 0xffff;
    const u32 bands = layer_field(instance, layer, LAYER_BANDS) & 0xffff;
    const u32 bytes = frames * bands * query(instance, QUERY_TIMESTEPS) * ((channels + 31) / 32) * 4;
    if (crc_of(instance, 0, (enum query)(QUERY_SPIKES + (int)layer), bytes) != test->spikes[layer]) {
      const spikeword_status status = differs(instance, "spikes of ");
      if (status != SPIKEWORD_DIFFERS) return status;
      add_text(instance->message, test->layer_names[layer]);
      add_text(instance->message, " differ");
      return status;
    }
  }
  call(instance, CALL_STEP, 0);
  const u32 scores = crc_of(instance, 0, QUERY_SCORES, 4 * query(instance, QUERY_CLASSES));
  return scores == test->scores ? SPIKEWORD_OK : differs(instance, "scores differ");
}

/** The signal as a stream. */
static spikeword_status test_stream(spikeword *ear, const spikeword_test *test) {
  struct instance *instance = instance_of(ear);
  struct voice voice;
  u32 heard = 0;
  spikeword_detection first = {-1, 0, 0}, found;
  voice_begin(&voice, test->seed);
  /* so eager that it detects a word in what says nothing */
  for (int32_t word = 0; word < spikeword_words(ear); word++) {
    if (spikeword_threshold(ear, word) > 0) spikeword_set_threshold(ear, word, 1);
  }
  spikeword_reset(ear);
  for (u32 at = 0; at < test->samples; at++) {
    const int16_t sample = voice_next(&voice);
    spikeword_take(ear, &sample, 1);
    if (!instance->working) continue;
    while (spikeword_step(ear)) continue;
    heard = crc_of(instance, heard, QUERY_SCORES, 4 * query(instance, QUERY_CLASSES));
    heard = crc_of(instance, heard, QUERY_AVERAGES, 4 * query(instance, QUERY_CLASSES));
    if (spikeword_found(ear, &found) && first.word < 0) first = found;
  }
  if (heard != test->heard) return differs(instance, "what is heard in a stream differs");
  if (first.word != test->word || (first.word >= 0 && first.samples != test->word_samples))
    return differs(instance, "the word that is detected differs");
  return SPIKEWORD_OK;
}

spikeword_status spikeword_selftest(spikeword *ear, const spikeword_test *test) {
  struct instance *instance = instance_of(ear);
  const spikeword_status before = (spikeword_status)instance->status;
  if (before != SPIKEWORD_OK && before != SPIKEWORD_CANNOT_LISTEN) return before;
  instance->working = false;
  if (query(instance, QUERY_LAYERS) != test->layers) {
    return say(instance, SPIKEWORD_DIFFERS, "this test belongs to another model");
  }
  spikeword_status status = test_window(instance, test);
  if (status == SPIKEWORD_OK && before == SPIKEWORD_OK) status = test_stream(ear, test);
  call(instance, CALL_LOAD, instance->window_starts[0]);
  if (before == SPIKEWORD_OK) begin_sound(instance);
  return status == SPIKEWORD_OK ? say(instance, status, "all stages are equal") : status;
}
