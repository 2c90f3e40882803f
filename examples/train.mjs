// Trains a network on a folder of recordings, quantises it to integers, and measures it:
//   node train.mjs recordings/ run/ yes,no [epochs]
import { configureTraining, evaluateModel, quantizeRun, trainNetwork, writeModel } from 'spikeword';

const [data, folder, task, epochs = '60'] = process.argv.slice(2);

// float: the preset `tiny` suits small collections
const config = configureTraining({ data, task, preset: 'tiny', epochs: Number(epochs) }, null);
const trained = await trainNetwork(config, folder, {
  onEpoch: ({ epoch, loss, validationAccuracy }) =>
    console.log(`epoch ${epoch}: loss ${loss.toFixed(3)}, ${(100 * validationAccuracy).toFixed(1)}% of validation`),
});

// integers: model.spkw, and model.wasm, the kernel with the model inside
const { network, report: quantized } = await quantizeRun(trained.run);
const written = writeModel(network, folder);
console.log(`${written.model}: ${written.description.flashBytes} bytes, ${written.description.ramBytes} bytes of RAM`);
console.log(`lost by rounding: ${quantized.validation?.lossPoints.toFixed(2)} points of validation`);

// the integer kernel, on speakers that were not in the training set
const { report } = await evaluateModel({ model: written.model, data, split: 'testing' });
console.log(`testing: ${(100 * report.accuracy).toFixed(1)}% of ${report.clips} clips`);
