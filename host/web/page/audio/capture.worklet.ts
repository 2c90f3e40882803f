// Runs on the audio thread. It only collects samples from the microphone and passes them on, through a port that the
// page gives it: to the worker that listens, past the page, which may be busy.
import type { Block } from './block.js';

/** 21 ms at 48 kHz: about one message per frame of the front end, instead of one every 128 samples. */
const BLOCK_SAMPLES = 1024;

class Capture extends AudioWorkletProcessor {
  private block = new Float32Array(BLOCK_SAMPLES);
  private filled = 0;
  private sent = 0;
  private to: MessagePort | null = null;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<MessagePort>) => {
      this.to = data;
    };
  }

  process([channels]: readonly (readonly Float32Array[])[]): boolean {
    const samples = channels?.[0]?.length ?? 0;
    for (let k = 0; k < samples; k++) {
      let sum = 0;
      for (const channel of channels) sum += channel[k];
      this.block[this.filled++] = sum / channels.length;
      if (this.filled === BLOCK_SAMPLES) this.send();
    }
    return true;
  }

  private send(): void {
    const block: Block = { samples: this.block, number: this.sent++, at: Date.now() };
    this.to?.postMessage(block, [this.block.buffer]);
    this.block = new Float32Array(BLOCK_SAMPLES);
    this.filled = 0;
  }
}

registerProcessor('capture', Capture);
