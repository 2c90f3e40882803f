/* Prints the words that an I2S microphone hears. Set its pins below. */
#include <stdio.h>

#include "driver/i2s_std.h"
#include "esp_timer.h"
#include "spikeword_NAME.h"

#define PIN_CLOCK 26
#define PIN_WORD_SELECT 25
#define PIN_DATA 33

static spikeword ear;
static i2s_chan_handle_t microphone;

static uint32_t microseconds(void) { return (uint32_t)esp_timer_get_time(); }

static void microphone_begin(void) {
  i2s_chan_config_t channel = I2S_CHANNEL_DEFAULT_CONFIG(I2S_NUM_0, I2S_ROLE_MASTER);
  channel.dma_desc_num = 8;
  channel.dma_frame_num = 320;
  i2s_std_config_t config = {
      .clk_cfg = I2S_STD_CLK_DEFAULT_CONFIG(SPIKEWORD_SAMPLE_RATE),
      .slot_cfg = I2S_STD_PHILIPS_SLOT_DEFAULT_CONFIG(I2S_DATA_BIT_WIDTH_32BIT, I2S_SLOT_MODE_STEREO),
      .gpio_cfg =
          {.mclk = I2S_GPIO_UNUSED, .bclk = PIN_CLOCK, .ws = PIN_WORD_SELECT, .dout = I2S_GPIO_UNUSED, .din = PIN_DATA},
  };
  ESP_ERROR_CHECK(i2s_new_channel(&channel, NULL, &microphone));
  ESP_ERROR_CHECK(i2s_channel_init_std_mode(microphone, &config));
  ESP_ERROR_CHECK(i2s_channel_enable(microphone));
}

void app_main(void) {
  static int32_t frames[2 * 320];
  static int16_t samples[320];
  const spikeword_i2s format = {32, 2, 0, 14};
  spikeword_detection found;
  uint32_t told = 0;
  spikeword_init(&ear, spikeword_model_NAME, SPIKEWORD_BYTES_NAME);
  const spikeword_status status = spikeword_selftest(&ear, &spikeword_test_NAME);
  printf("%s\n", spikeword_message(&ear));
  if (status != SPIKEWORD_OK) return;
  spikeword_clock(&ear, microseconds, 1000000);
  microphone_begin();
  for (;;) {
    size_t bytes = 0;
    i2s_channel_read(microphone, frames, sizeof frames, &bytes, 1000);
    spikeword_from_i2s(&format, frames, (uint32_t)(bytes / 8), samples);
    if (spikeword_push(&ear, samples, (uint32_t)(bytes / 8), &found))
      printf("%s  %.2f\n", spikeword_word(&ear, found.word), found.score / 65535.0);
    if (spikeword_load(&ear) > 1000 && microseconds() - told > 5000000) {
      printf("this chip is too slow: it loses sound\n");
      told = microseconds();
    }
  }
}
