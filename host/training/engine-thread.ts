// A thread of the training engine.
import { reportFailure, runThread, type ThreadTask } from '../core/training/index.js';
import { serveJobs } from '../system/index.js';

serveJobs<ThreadTask, null>((task) => {
  // The others wait in the shared memory and hear of nothing else: however this thread ends, it says so there.
  process.on('exit', () => reportFailure(task.control));
  return () => runThread(task);
});
