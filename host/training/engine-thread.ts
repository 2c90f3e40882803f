// A thread of the training engine.
import { reportFailure, runThread, type ThreadTask } from '../core/training/index.js';
import { serveJobs } from '../system/index.js';

serveJobs<ThreadTask, null>((task) => {
  // The other threads wait on the shared memory and notice nothing else, so this thread reports its end there, however
  // it ends.
  process.on('exit', () => reportFailure(task.control));
  return () => runThread(task);
});
