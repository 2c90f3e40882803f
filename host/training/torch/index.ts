export { checkTorchOptions, TorchEngine, type TorchEngineOptions } from './engine.js';
export { findPython, OWN_PYTHON } from './find-python.js';
export { joinTraining, type TorchOptions, TorchProcesses, type TorchReport } from './processes.js';
