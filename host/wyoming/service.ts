import type { ConnectedBoard } from '../core/board/index.js';
import { BoardListener } from '../core/board/index.js';
import { detectedWords, operatingPointOf, type PointChanges, StreamDetector } from '../core/detection/index.js';
import { DetectionError } from '../core/error.js';
import { type ModelFile, openKernel } from '../model/index.js';
import { packageVersion } from '../system/index.js';
import type { WakeService, WordListener } from './connection.js';

const ATTRIBUTION = { name: 'spikeword', url: 'https://www.npmjs.com/package/spikeword' };

/** The words of a model that can be detected. */
function wordsOf({ network }: ModelFile, changes: PointChanges): string[] {
  return [...detectedWords(network.labels, operatingPointOf(network, changes)).keys()];
}

/** The data of `info`: one wake word service, whose models are its words. */
function infoOf(words: readonly string[], description: string): Record<string, unknown> {
  const version = packageVersion();
  const common = { attribution: ATTRIBUTION, installed: true, version };
  const models = words.map((word) => ({ name: word, description: word, phrase: word, languages: ['en'], ...common }));
  const wake = [{ name: 'spikeword', description, models, ...common }];
  return { asr: [], tts: [], handle: [], intent: [], wake, mic: [], snd: [] };
}

/** A service in which this computer listens; each stream has a kernel of its own. */
export function hostService(model: ModelFile, changes: PointChanges = {}): WakeService {
  const words = wordsOf(model, changes);
  return {
    words,
    info: infoOf(words, 'Spiking network on this computer'),
    begin: async (wanted) => {
      const detector = new StreamDetector(openKernel(model.bytes), { point: { ...changes, words: wanted } });
      return { push: (samples) => detector.push(samples), end: () => {} };
    },
  };
}

/** A service in which a board computes, for one client at a time. It must run the model. */
export function boardService(board: ConnectedBoard, model: ModelFile, changes: PointChanges = {}): WakeService {
  const words = wordsOf(model, changes);
  let taken = false;
  return {
    words,
    info: infoOf(words, `Spiking network on ${board.hello.board}`),
    begin: async (wanted): Promise<WordListener> => {
      if (taken) throw new DetectionError('the board is listening for another client');
      taken = true;
      try {
        const point = { ...changes, words: wanted };
        const listener = await BoardListener.begin(board, openKernel(model.bytes), { point });
        let ended = false;
        const end = (): void => {
          if (!ended) taken = false;
          ended = true;
        };
        return { push: (samples) => listener.push(samples), end };
      } catch (error) {
        taken = false;
        throw error;
      }
    },
  };
}
