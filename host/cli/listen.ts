import { Command, Option } from 'commander';
import {
  listInputDevices,
  openMicrophone,
  pcmSamples,
  RECORDER_NAMES,
  type RecorderName,
  readWav,
  recordedSource,
  type SampleSource,
} from '../audio/index.js';
import {
  type Detection,
  detectionInColour,
  detectionText,
  keywordIndices,
  ListenView,
  listen,
  StreamDetector,
} from '../detection/index.js';
import { UsageError } from '../error.js';
import { Kernel } from '../kernel/index.js';
import { readModel } from '../model/index.js';
import { defaultModelPath } from '../package-files.js';
import { modelArgument } from './model-argument.js';
import { addPointOptions, decimal, type PointOptions, pointOf } from './stream-options.js';

interface ListenCommandOptions extends PointOptions {
  readonly device?: string;
  readonly recorder?: RecorderName;
  readonly listDevices?: boolean;
  readonly wav?: string;
  readonly loop?: boolean;
  readonly resample?: boolean;
  readonly seconds?: number;
  readonly json?: boolean;
}

export function listenCommand(): Command {
  const command = new Command('listen')
    .description('Detect words in what the microphone hears, in a WAV file, or in raw samples on stdin')
    .addArgument(modelArgument())
    .argument('[input]', "'-': raw PCM on stdin, 16-bit little-endian, mono, 16 kHz (default: the microphone)")
    .option('--device <name>', "the microphone (default: the system's)")
    .addOption(
      new Option('--recorder <name>', 'what records (default: the first that is installed)').choices(RECORDER_NAMES),
    )
    .option('--list-devices', 'name the microphones and end (default: off)')
    .option('--wav <file>', 'listen to a WAV file, as fast as it goes (default: the microphone)')
    .option('--loop', 'begin the WAV file again at its end (default: off)')
    .option('--resample', 'convert a WAV file that is not at 16 kHz instead of refusing it (default: off)')
    .option('--seconds <n>', 'stop after this much sound (default: at its end)', decimal(0.01, 1e7))
    .option('--json', 'print every detection as one JSON object a line (default: text)');
  addPointOptions(command);
  return command.action(async (model: string, input: string | undefined, options: ListenCommandOptions) => {
    // `listen -`: the shipped model listens to stdin
    const isInput = model === '-' && input === undefined;
    if (options.listDevices) await printDevices(options);
    else if (isInput) await hear(defaultModelPath(), '-', options);
    else await hear(model, input, options);
  });
}

async function printDevices({ recorder: name, json }: ListenCommandOptions): Promise<void> {
  const { recorder, devices } = await listInputDevices(name);
  if (json) process.stdout.write(`${JSON.stringify({ recorder, devices })}\n`);
  else if (devices.length === 0) process.stdout.write(`no microphones that ${recorder} knows\n`);
  for (const { name: device, description } of json ? [] : devices) process.stdout.write(`${device}\t${description}\n`);
}

async function openSource(
  input: string | undefined,
  options: ListenCommandOptions,
  onWarning: (text: string) => void,
): Promise<SampleSource> {
  const { wav, loop, resample, device, recorder } = options;
  if (input !== undefined && input !== '-')
    throw new UsageError(`listen: '${input}': expected '-' for stdin (or --wav)`);
  if (input === '-' && wav !== undefined) throw new UsageError('listen: --wav and - are two inputs');
  if (wav === undefined && (loop || resample)) {
    throw new UsageError(`listen: --${loop ? 'loop' : 'resample'} is for --wav`);
  }
  if ((wav !== undefined || input === '-') && (device ?? recorder) !== undefined) {
    throw new UsageError(`listen: --${device === undefined ? 'recorder' : 'device'} is for the microphone`);
  }
  if (wav !== undefined) return recordedSource(await readWav(wav, { resample }), wav, loop);
  if (input === undefined) {
    return openMicrophone({ device, recorder, onWarning });
  }
  if (process.stdin.isTTY) throw new UsageError('listen: - reads raw PCM from stdin, which is a terminal');
  const { stdin } = process;
  return { name: 'stdin', [Symbol.asyncIterator]: () => pcmSamples(stdin, 'stdin'), close: () => stdin.destroy() };
}

async function hear(path: string, input: string | undefined, options: ListenCommandOptions): Promise<void> {
  const kernel = Kernel.create(readModel(path).content);
  const { labels } = kernel.network;
  const scores = new Float64Array(labels.length);
  const listener = new StreamDetector(kernel, {
    point: pointOf(options),
    onInference: ({ average }) => scores.set(average),
  });
  const rows = keywordIndices(labels).map((label) => ({ name: labels[label], label }));
  const view = process.stderr.isTTY
    ? new ListenView(process.stderr, { rows, threshold: listener.point.threshold })
    : null;
  const closeView = (): void => view?.close();
  const above = (write: () => void): void => (view === null ? write() : view.above(write));
  process.once('exit', closeView);
  const source = await openSource(input, options, (warning) => above(() => process.stderr.write(`${warning}\n`)));
  const text = process.stdout.isTTY ? detectionInColour : detectionText;
  const print = (detection: Detection): void => {
    process.stdout.write(`${options.json ? JSON.stringify(detection) : text(detection)}\n`);
  };
  try {
    const { seconds, detections } = await listen({
      source,
      listener,
      seconds: options.seconds,
      onDetection: (detection) => above(() => print(detection)),
      onPiece: ({ levelDbfs, samples }) => view?.update({ timeMs: samples / 16, levelDbfs, scores }),
    });
    closeView();
    process.stderr.write(
      `${source.name}: ${seconds.toFixed(1)} s heard, ${detections} ${detections === 1 ? 'detection' : 'detections'}\n`,
    );
  } finally {
    closeView();
  }
}
