import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readRecording } from '../../host/audio/index.js';
import { type Board, buildFirmware } from '../../host/boards/index.js';
import { SAMPLE_RATE_HZ } from '../../host/core/audio/index.js';
import { flashModel } from '../../host/core/board/index.js';
import { type Detection, operatingPointOf, StreamDetector } from '../../host/core/detection/index.js';
import { encodeModel } from '../../host/core/model/index.js';
import type { Padding } from '../../host/core/network/index.js';
import { BoardClient, type BoardHearing, decodeDetected, EVENT, type Packet } from '../../host/core/protocol/index.js';
import { Random } from '../../host/core/random.js';
import { openKernel } from '../../host/model/index.js';
import { SAMPLE, WORDS } from '../detection/words.js';
import { buildNative, type NativeBoard, type NativeOptions, startNative, streamOf } from '../native/index.js';
import { onEmulatedBoard } from '../store/emulated-board.js';
import { smallNetwork } from './small-model.js';

/** A fast model that says how to detect words; of the first random networks, the one with most detections. */
export function detectingModel(padding: Padding = 'valid', seed = 44): Uint8Array {
  const network = smallNetwork(seed, padding);
  const times = { hopMs: 80, averageMs: 240, suppressionMs: 200 };
  return encodeModel({
    ...network,
    detection: operatingPointOf(network, { ...times, threshold: 0.5, minimumCount: 1 }),
  });
}

/** Words of datasets/sample in any order, with gaps and noise; the same for the same seed. */
export async function speech(seconds: number, seed = 7): Promise<Int16Array> {
  const files = WORDS.flatMap((word) => readdirSync(join(SAMPLE, word)).map((name) => join(SAMPLE, word, name))).sort();
  const clips = await Promise.all(files.map((path) => readRecording(path)));
  const random = new Random(seed);
  const samples = new Int16Array(seconds * SAMPLE_RATE_HZ);
  for (let at = 0; at < samples.length; at += random.below(SAMPLE_RATE_HZ)) {
    const clip = clips[random.below(clips.length)].subarray(0, samples.length - at);
    samples.set(clip, at);
    at += clip.length;
  }
  for (let at = 0, level = 0; at < samples.length; at++) {
    if (at % SAMPLE_RATE_HZ === 0) level = 2 ** random.below(9);
    const noisy = samples[at] + random.below(2 * level + 1) - level;
    samples[at] = Math.max(-32_768, Math.min(32_767, noisy));
  }
  return samples;
}

/** What the host detects in these samples, which begin after `since` others. */
export function detectedByHost(model: Uint8Array, samples: Int16Array, since = 0): Detection[] {
  const heard = new StreamDetector(openKernel(model)).push(samples);
  return heard.map((detection) => ({
    ...detection,
    sample: since + detection.sample,
    timeMs: (since + detection.sample) / 16,
  }));
}

/** A board with a microphone, and what it has told. */
export interface ListeningBoard {
  readonly client: BoardClient;
  readonly detections: Detection[];
  /** Texts for people. */
  readonly texts: string[];
  /** Waits until this many samples have gone by. */
  goneBy(samples: number): Promise<BoardHearing>;
}

/** A board that has not heard anything for so long will not hear more. */
const STUCK_MS = 10_000;

function listening(client: BoardClient): ListeningBoard & { readonly onEvent: (event: Packet) => void } {
  const detections: Detection[] = [];
  const texts: string[] = [];
  return {
    client,
    detections,
    texts,
    onEvent: ({ kind, body }) => {
      if (kind === EVENT.detected) detections.push(decodeDetected(body));
      if (kind === EVENT.text) texts.push(new TextDecoder().decode(body));
    },
    goneBy: async (samples) => {
      for (let before = -1, since = performance.now(); ; await wait(20)) {
        const hearing = await client.listen('ask');
        const now = hearing.heard + hearing.lost;
        if (now >= samples) return hearing;
        if (now !== before) since = performance.now();
        if (performance.now() - since > STUCK_MS) throw new Error(`no sound after ${now} of ${samples} samples`);
        before = now;
      }
    },
  };
}

/** The samples of a recording that a board takes: whole pieces. */
export function wholePieces(samples: number): number {
  return samples - ((samples - 192) % 320);
}

/** Starts the firmware as a process, with this model in its flash or none, whose microphone records these samples. */
export async function withListeningProcess(
  model: Uint8Array | null,
  samples: Int16Array | null,
  work: (board: ListeningBoard & { readonly process: NativeBoard }) => Promise<void>,
  options: Partial<NativeOptions> = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-alone-'));
  const executable = await buildNative();
  const flash = join(folder, 'flash');
  const microphone = join(folder, 'sound');
  const boot = async (given: Partial<NativeOptions>, then: typeof work): Promise<void> => {
    // slots as large as those of the boards
    const process = startNative(executable, { flash, slotBytes: 262_144, ...given });
    const client = new BoardClient(streamOf('posix', process.port, process.stop));
    const heard = listening(client);
    client.link.onEvent = heard.onEvent;
    try {
      await client.hello();
      await then({ ...heard, process });
    } finally {
      await client.close();
    }
  };
  try {
    if (model !== null) {
      await boot({}, async ({ client }) => {
        await flashModel({ client, hello: await client.hello(), port: 'posix' }, model);
      });
    }
    if (samples !== null) writeFileSync(microphone, samples);
    await boot({ ...options, ...(samples === null ? {} : { microphone }) }, work);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same with a board in QEMU, which gets the sound as fast as it takes it. */
export async function withListeningEmulator(
  board: Board,
  model: Uint8Array,
  samples: Int16Array,
  work: (board: ListeningBoard & { readonly gdbSocket: string }) => Promise<void>,
): Promise<void> {
  const firmware = await buildFirmware(board);
  const area = await onEmulatedBoard(board, firmware, null, async ({ client, area: content }) => {
    await flashModel({ client, hello: await client.hello(), port: board.name }, model);
    return content();
  });
  let heard: ReturnType<typeof listening> | undefined;
  const early: Packet[] = [];
  await onEmulatedBoard(
    board,
    firmware,
    area,
    async ({ client, gdbSocket }) => {
      heard = listening(client);
      for (const event of early) heard.onEvent(event);
      await work({ ...heard, gdbSocket });
    },
    {
      microphone: {
        samples: (async function* () {
          yield samples;
        })(),
        realTime: false,
      },
      onEvent: (event) => (heard === undefined ? void early.push(event) : heard.onEvent(event)),
    },
  );
}
