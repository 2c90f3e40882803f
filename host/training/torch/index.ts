export { checkTorchOptions, TorchEngine, type TorchEngineOptions } from './engine.js';
export { joinTraining, type TorchOptions, type TorchReport } from './processes.js';
