import { basename } from 'node:path';
import { Argument, Command, Option } from 'commander';
import {
  inRealTime,
  listInputDevices,
  openMicrophone,
  openSamples,
  pcmSamples,
  RECORDER_NAMES,
  type RecorderName,
  recordedSource,
  type SampleSource,
} from '../audio/index.js';
import { millisecondsOf } from '../core/audio/index.js';
import { BoardListener } from '../core/board/index.js';
import { type Detection, detectedWords, NEAR_MISS, operatingPointOf, StreamDetector } from '../core/detection/index.js';
import { UsageError } from '../core/error.js';
import { PROBABILITY_ONE, type QuantizedNetwork } from '../core/quantization/index.js';
import { countText, decimalText } from '../core/text/index.js';
import { detectionText, type ListenOptions, ListenView, listen } from '../detection/index.js';
import {
  boardListenText,
  boardMicrophoneText,
  listenOnBoard,
  listenWithBoard,
  runningModel,
  withBoard,
} from '../device/index.js';
import { type ModelFile, openKernel, readModel } from '../model/index.js';
import { defaultModelPath } from '../system/index.js';
import { boardOptions } from './board-port.js';
import { KeptStream } from './keep-sounds.js';
import { progressBar } from './progress.js';
import { addPointOptions, decimal, flagOf, POINT_OPTIONS, type PointOptions, pointOf } from './stream-options.js';
import { inkOf, saySentence } from './terminal.js';

interface ListenCommandOptions extends PointOptions {
  readonly device?: string;
  readonly recorder?: RecorderName;
  readonly listDevices?: boolean;
  readonly wav?: string;
  readonly loop?: boolean;
  readonly resample?: boolean;
  readonly realTime?: boolean;
  readonly port?: string | true;
  readonly boardMicrophone?: boolean;
  readonly seconds?: number;
  readonly keep?: string;
  readonly nearMiss?: number;
  readonly json?: boolean;
}

export function listenCommand(): Command {
  const command = new Command('listen')
    .description('Detect words in sound from the microphone, in a WAV file, or in raw samples on stdin')
    .addArgument(
      new Argument(
        '[model]',
        'model.spkw, model.wasm or run folder ' +
          '(default: the bundled commands.spkw; with --port the model that runs on the board)',
      ),
    )
    .argument('[input]', "'-' for raw PCM on stdin: 16-bit little-endian, mono, 16 kHz (default: the microphone)")
    .option('--device <name>', "microphone to use (default: the system's)")
    .addOption(
      new Option('--recorder <name>', 'recorder to use (default: the first one that is installed)').choices(
        RECORDER_NAMES,
      ),
    )
    .option('--list-devices', 'list the microphones and exit (default: off)')
    .option('--wav <file>', 'listen to a WAV file, as fast as possible (default: the microphone)')
    .option('--loop', 'start the WAV file again when it ends (default: off)')
    .option('--resample', 'convert a WAV file that is not at 16 kHz instead of refusing it (default: off)')
    .option('--real-time', 'listen to the WAV file in real time, as if it came from a microphone (default: off)')
    .option(
      '--port [path]',
      'detect words on the board at this port, to which the host sends the samples ' +
        '(without a path: SPIKEWORD_PORT, otherwise the port where a board answers; default: off)',
    )
    .option(
      '--board-microphone',
      'let the board at --port listen with its own microphone, and show what it detects with the thresholds of its ' +
        'model; it goes on afterwards (default: off)',
    )
    .option('--seconds <n>', 'stop after this many seconds of sound (default: when the input ends)', decimal(0.01, 1e7))
    .option(
      '--keep <folder>',
      'keep the second that ends with each detection and near miss there, for `spikeword review` (default: off)',
    )
    .option(
      '--near-miss <p>',
      `with --keep: how far below its threshold the score of a near miss may be, 0 to 1; 0: keep none (default: ${NEAR_MISS})`,
      decimal(0, 1),
    )
    .option('--json', 'print one JSON object per detection, each on its own line (default: text)');
  addPointOptions(command);
  return command.action(async (model: string | undefined, input: string | undefined, options: ListenCommandOptions) => {
    if (options.listDevices) return printDevices(options);
    // No port is called '-', so in `listen --port -` it is the input.
    const [port, last] = options.port === '-' && input === undefined ? [true as const, '-'] : [options.port, input];
    // `listen -`: the default model listens to stdin
    const [path, from] = model === '-' && last === undefined ? [undefined, '-'] : [model, last];
    if (path !== undefined && /\.wav$/i.test(path)) {
      throw new UsageError(`listen: ${path} is a recording, not a model; give it with --wav`);
    }
    if (options.boardMicrophone) return hearBoard(path ?? from, options, port);
    checkInput(from, options);
    await (port === undefined
      ? hearOnHost(path ?? defaultModelPath(), from, options)
      : hearOnBoard(path, from, options, port));
  });
}

async function printDevices({ recorder: name, json }: ListenCommandOptions): Promise<void> {
  const { recorder, devices } = await listInputDevices(name);
  if (json) process.stdout.write(`${JSON.stringify({ recorder, devices })}\n`);
  else if (devices.length === 0) process.stdout.write(`${recorder} knows no microphones\n`);
  for (const { name: device, description } of json ? [] : devices) process.stdout.write(`${device}\t${description}\n`);
}

/** Throws `UsageError` for options that exclude each other. */
function checkInput(
  input: string | undefined,
  { wav, loop, resample, realTime, ...options }: ListenCommandOptions,
): void {
  if (options.nearMiss !== undefined && options.keep === undefined) {
    throw new UsageError('listen: --near-miss needs --keep');
  }
  if (input !== undefined && input !== '-')
    throw new UsageError(`listen: '${input}': expected '-' for stdin; give a WAV file with --wav`);
  if (input === '-' && wav !== undefined)
    throw new UsageError('listen: --wav and - are both inputs; give only one of them');
  const [wavOnly] = Object.entries({ loop, resample, 'real-time': realTime }).filter(([, value]) => value);
  if (wav === undefined && wavOnly !== undefined) throw new UsageError(`listen: --${wavOnly[0]} needs --wav`);
  const { device, recorder } = options;
  if ((wav !== undefined || input === '-') && (device ?? recorder) !== undefined) {
    throw new UsageError(`listen: --${device === undefined ? 'recorder' : 'device'} is only for the microphone`);
  }
  if (input === '-' && process.stdin.isTTY) {
    throw new UsageError('listen: - reads raw PCM from stdin, but stdin is a terminal; pipe the samples into it');
  }
}

/** Throws `UsageError` for an option that means nothing if the board listens with its own microphone. */
function checkBoardMicrophone(
  argument: string | undefined,
  { port, boardMicrophone, seconds, json, ...others }: ListenCommandOptions,
): void {
  if (argument !== undefined) {
    throw new UsageError(
      `listen: '${argument}' is not for --board-microphone: the board listens to its own microphone, with its own model`,
    );
  }
  const [name] = Object.keys(others);
  if (name === undefined) return;
  const flag = flagOf(name);
  throw new UsageError(
    POINT_OPTIONS.includes(name)
      ? `listen: ${flag} is not for --board-microphone: the board detects with the thresholds of its model, which \`flash --words\`, \`flash --false-accepts\` and \`tune\` set`
      : `listen: ${flag} is not for --board-microphone: the board listens to its own microphone`,
  );
}

async function hearBoard(
  argument: string | undefined,
  options: ListenCommandOptions,
  port: string | true | undefined,
): Promise<void> {
  checkBoardMicrophone(argument, options);
  await withBoard(boardOptions(port), async (board) => {
    const summary = await listenWithBoard(board, {
      seconds: options.seconds,
      onBegin: () => saySentence(`${board.hello.board} listens, and goes on when this command ends`),
      onDetection: (detection) => printDetection(detection, options),
      onWarning: saySentence,
    });
    saySentence(boardMicrophoneText(summary));
  });
}

function printDetection(detection: Detection, { json }: ListenCommandOptions): void {
  const line = json ? JSON.stringify(detection) : detectionText(detection, inkOf(process.stdout));
  process.stdout.write(`${line}\n`);
}

async function openSource(
  input: string | undefined,
  { wav, loop, resample, realTime, device, recorder }: ListenCommandOptions,
  onWarning: (text: string) => void,
): Promise<SampleSource> {
  if (wav !== undefined) {
    const recorded = recordedSource(await openSamples(wav, { resample }), wav, loop);
    return realTime ? inRealTime(recorded) : recorded;
  }
  if (input === undefined) return openMicrophone({ device, recorder, onWarning });
  const { stdin } = process;
  return { name: 'stdin', [Symbol.asyncIterator]: () => pcmSamples(stdin, 'stdin'), close: () => stdin.destroy() };
}

async function hearOnHost(path: string, input: string | undefined, options: ListenCommandOptions): Promise<void> {
  const model = readModel(path);
  const kernel = openKernel(model.content);
  const kept = await keepSounds(basename(path), model, options);
  const shown = new Shown(kernel.network, options);
  const listener = new StreamDetector(kernel, {
    point: pointOf(options),
    onInference: ({ average, sample }) => {
      shown.scores.set(average);
      kept?.keeper.inferred(sample, average);
    },
  });
  try {
    const source = await openSource(input, options, shown.warn);
    kept?.hears(source.name);
    const heard = { ...shown.hearing(source), listener: kept?.keeper.around(listener) ?? listener };
    const { seconds, detections } = await listen(heard);
    shown.close();
    const words = `${countText(detections)} ${detections === 1 ? 'detection' : 'detections'}`;
    saySentence(`${source.name}: ${decimalText(seconds)} s heard, ${words}`);
  } finally {
    shown.close();
    kept?.close();
  }
}

async function hearOnBoard(
  path: string | undefined,
  input: string | undefined,
  options: ListenCommandOptions,
  port: string | true,
): Promise<void> {
  await withBoard(boardOptions(port), async (board) => {
    const model = await runningModel(board, path, progressBar);
    const kernel = openKernel(model.content);
    const kept = await keepSounds(path === undefined ? `the model on ${board.port}` : basename(path), model, options);
    const shown = new Shown(kernel.network, options);
    const listener = await BoardListener.begin(board, kernel, {
      point: pointOf(options),
      onInference: (average, sample) => {
        shown.scores.set(average);
        kept?.keeper.inferred(sample, average);
      },
    });
    try {
      const source = await openSource(input, options, shown.warn);
      kept?.hears(source.name);
      const live = options.wav === undefined || options.realTime === true;
      const hearing = { ...shown.hearing(source), listener, live, onWarning: shown.warn };
      const summary = await listenOnBoard({ ...hearing, around: (board) => kept?.keeper.around(board) ?? board });
      shown.close();
      saySentence(boardListenText(summary));
    } finally {
      shown.close();
      kept?.close();
    }
  });
}

/** Begins to keep sounds, if --keep asks for it. Throws `WriteError` or `DatasetError`. */
async function keepSounds(name: string, model: ModelFile, options: ListenCommandOptions): Promise<KeptStream | null> {
  const { keep: folder, nearMiss = NEAR_MISS } = options;
  if (folder === undefined) return null;
  return KeptStream.begin({ folder, nearMiss, name, model, point: operatingPointOf(model.network, pointOf(options)) });
}

/** Shows a stream: its detections on stdout and, on a terminal, level and scores below them. */
class Shown {
  /** [label]: the scores of the last inference. */
  readonly scores: Float64Array;
  private readonly view: ListenView | null = null;

  constructor(
    network: QuantizedNetwork,
    private readonly options: ListenCommandOptions,
  ) {
    const { labels } = network;
    const point = operatingPointOf(network, pointOf(options));
    this.scores = new Float64Array(labels.length);
    if (!process.stderr.isTTY) return;
    const rows = [...detectedWords(labels, point)].map(([name, label]) => {
      return { name, label, threshold: point.thresholds[label] / PROBABILITY_ONE };
    });
    this.view = new ListenView(process.stderr, { rows });
    process.once('exit', this.close);
  }

  readonly close = (): void => this.view?.close();

  /** Says it on stderr and, with --json, as an object on stdout too, for a program that reads only that. */
  readonly warn = (warning: string): void =>
    this.above(() => {
      saySentence(warning);
      if (this.options.json) process.stdout.write(`${JSON.stringify({ warning })}\n`);
    });

  /** Returns the options of `listen` for a source. */
  hearing(source: SampleSource): Omit<ListenOptions, 'listener'> {
    return {
      source,
      seconds: this.options.seconds,
      // a recording may be silent
      onMuted: this.options.wav === undefined ? this.warn : undefined,
      onDetection: (detection) => this.above(() => printDetection(detection, this.options)),
      onPiece: ({ levelDbfs, samples }) =>
        this.view?.update({ timeMs: millisecondsOf(samples), levelDbfs, scores: this.scores }),
    };
  }

  private above(write: () => void): void {
    if (this.view === null) write();
    else this.view.above(write);
  }
}
