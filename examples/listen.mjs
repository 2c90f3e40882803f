// Listens in a browser and sends no sound to a server. listen.html loads this.
import { Kernel, StreamDetector } from 'spikeword/core';

const PACKAGE = './node_modules/spikeword';

// The audio thread hands every block of samples to the page.
const CAPTURE = `registerProcessor('capture', class extends AudioWorkletProcessor {
  process([[samples]]) {
    if (samples) this.port.postMessage(samples.slice());
    return true;
  }
})`;

/** @param {string} path */
const load = async (path) => (await fetch(`${PACKAGE}/${path}`)).arrayBuffer();

/** @param {(word: string, score: number) => void} onWord */
async function listen(onWord) {
  const module = await WebAssembly.compile(await load('dist/wasm/kernel.wasm'));
  const model = new Uint8Array(await load('models/commands.spkw'));
  const detector = new StreamDetector(Kernel.bind(model, module));

  // the browser converts to the rate of the context; its effects for phone calls would change the sound
  const audio = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  const context = new AudioContext({ sampleRate: 16_000 });
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([CAPTURE], { type: 'text/javascript' })));
  const capture = new AudioWorkletNode(context, 'capture');
  capture.port.onmessage = ({ data }) => {
    // ±1 to int16
    const samples = Int16Array.from(data, (x) => Math.max(-32768, Math.min(32767, Math.round(x * 32768))));
    for (const { word, score } of detector.push(samples)) onWord(word, score);
  };
  context.createMediaStreamSource(stream).connect(capture).connect(context.destination);
}

document.querySelector('#listen')?.addEventListener('click', async () => {
  await listen((word, score) => {
    const line = document.createElement('li');
    line.textContent = `${word} ${score.toFixed(2)}`;
    document.querySelector('#words')?.append(line);
  });
});
