// node listen.mjs < sound.raw: prints the words in 16-bit samples, mono, 16 kHz. Without sound: the self test.
import { readFileSync } from 'node:fs';

const url = new URL('spikeword_@NAME@.wasm', import.meta.url);
const words = @LABELS@;
const kernel = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(url))).exports;
// keys of query
const [SAMPLES, DETECTED] = [3, 18];

console.error(`self test: ${kernel.selfTest() === 0 ? 'all stages are equal' : 'a stage differs'}`);
const bytes = readFileSync(0);
const samples = new Int16Array(bytes.length >> 1);
samples.forEach((_, k) => {
  samples[k] = bytes.readInt16LE(2 * k);
});
kernel.reset();
for (let at = 0, most = 192; at < samples.length; most = 320) {
  const piece = samples.subarray(at, at + most);
  at += piece.length;
  new Int16Array(kernel.memory.buffer, kernel.query(SAMPLES), piece.length).set(piece);
  if (kernel.listen(piece.length) !== 1) continue;
  const word = kernel.query(DETECTED) | 0;
  if (word >= 0) console.log(`${(at / 16000).toFixed(2)} s  ${words[word]}`);
}
