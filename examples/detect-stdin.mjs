// Detects words in sound from any source: raw int16 samples at 16 kHz on standard input:
//   arecord -q -t raw -f S16_LE -r 16000 -c 1 | node detect-stdin.mjs model.spkw
import { openKernel, pcmSamples, readModel } from 'spikeword';
import { StreamDetector } from 'spikeword/core';

const { bytes } = readModel(process.argv[2]);
// how sure it must be, and for how long, is in the model; values given here replace those
const detector = new StreamDetector(openKernel(bytes), { point: { suppressionMs: 1000 } });

for await (const samples of pcmSamples(process.stdin, 'stdin')) {
  for (const { word, score, timeMs } of detector.push(samples)) {
    console.log(`${(timeMs / 1000).toFixed(2)} s  ${word}  ${score.toFixed(2)}`);
  }
}
