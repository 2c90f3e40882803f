// One thread of `classifyPack`: takes pieces of the clips until none is left.

import { parentPort, workerData } from 'node:worker_threads';
import { CLIP_SAMPLES } from '../core/audio/index.js';
import { SamplePack } from '../dataset/index.js';
import { CLIPS_PER_PIECE, type WorkerMessage, type WorkerTask } from './classify-pack.js';
import { openKernel } from './open-kernel.js';

const { model, pack: descriptor, clips, classes, scores, nextPiece } = workerData as WorkerTask;
const kernel = openKernel(model);
const pack = SamplePack.open(descriptor);
const samples = new Int16Array(CLIP_SAMPLES);
const spikes = new Float64Array(kernel.plan.layers.length);
const synapticOperations = new Float64Array(kernel.plan.layers.length);
const tell = (message: WorkerMessage): void => parentPort!.postMessage(message);
const clock = (): number => performance.timeOrigin + performance.now();

const began = clock();
for (;;) {
  const first = Atomics.add(nextPiece, 0, 1) * CLIPS_PER_PIECE;
  const end = Math.min(first + CLIPS_PER_PIECE, clips.length);
  if (first >= end) break;
  for (let k = first; k < end; k++) {
    pack.read(clips[k], samples);
    const inference = kernel.classify(samples);
    classes[k] = inference.class;
    scores.set(inference.scores, k * inference.scores.length);
    for (let layer = 0; layer < spikes.length; layer++) {
      spikes[layer] += inference.spikes[layer];
      synapticOperations[layer] += inference.synapticOperations[layer];
    }
  }
  tell({ done: end - first });
}
tell({ spikes, synapticOperations, ramBytes: kernel.ramBytes, began, ended: clock() });
pack.close();
