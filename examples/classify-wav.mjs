// Says which word is in each recording:
//   node classify-wav.mjs model.spkw yes.wav no.wav
import { openKernel, readModel, readRecording } from 'spikeword';
import { probabilities } from 'spikeword/core';

const [modelFile, ...recordings] = process.argv.slice(2);
const { bytes, network } = readModel(modelFile);
const kernel = openKernel(bytes);

for (const recording of recordings) {
  // int16 samples at 16 kHz; resample: recordings at other rates are converted
  const samples = await readRecording(recording, { resample: true });
  // only the first second counts
  const inference = kernel.classify(samples);
  const [probability] = probabilities(inference.scores, network.classifier.scale).sort().reverse();
  const spikes = inference.spikes.reduce((sum, count) => sum + count, 0);
  console.log(`${recording}: ${network.labels[inference.class]} (${probability.toFixed(2)}), ${spikes} spikes`);
}
