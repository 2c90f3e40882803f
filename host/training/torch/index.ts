export { checkTorchOptions, TorchEngine, type TorchEngineOptions } from './engine.js';
export { findPython, OWN_PYTHON, type Python } from './find-python.js';
export { joinTraining, type TorchOptions, TorchProcesses, type TorchReport } from './processes.js';
