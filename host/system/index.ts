export { makeFolder, removeUnfinished, whileUnfinished, writeFileAtomically } from './atomic-write.js';
export { cacheFolder } from './cache.js';
export * from './error.js';
export { abbreviateHome, expandHome } from './home-folder.js';
export { defaultModelPath, packagePath, packageVersion, wasmBytes } from './package-files.js';
export { lockForProcess } from './process-lock.js';
export { runOnWorkers, serveJobs, sharedCounter, takePieces, WorkerPool } from './workers.js';
