// A thread of the training engine.
import { workerData } from 'node:worker_threads';
import { runThread, type ThreadTask } from '../core/training/index.js';

runThread(workerData as ThreadTask);
