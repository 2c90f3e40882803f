// A thread of a training.
import { runThread, type ThreadTask } from '../../../core/training/index.js';

addEventListener('message', ({ data }: MessageEvent<ThreadTask>) => {
  postMessage('begins');
  runThread(data);
});
postMessage('ready');
