import type { CompiledModule } from '../compiled-module.js';
import type { Checkpoint } from '../network/index.js';
import { type QuantizedNetwork, quantizeNetwork } from '../quantization/index.js';
import { type CounterExamples, scaledFor } from './counter-examples.js';
import { trainWakeWord, type WakeWordSetting } from './train.js';
import { tuneWakeWord, type WakeWordOutcome } from './tune.js';
import { type WakeWordClip, WindowMaker } from './windows.js';

/** A network that hears wake words. */
export interface WakeWord {
  readonly checkpoint: Checkpoint;
  /** In integers, with its operating point. */
  readonly network: QuantizedNetwork;
  readonly outcome: WakeWordOutcome;
}

export interface WakeWordOptions extends Omit<WakeWordSetting, 'modules' | 'counterExamples'> {
  /** Scaled in any way. */
  readonly counterExamples: CounterExamples;
  /** dist/wasm/trainer.wasm, frontend.wasm and kernel.wasm, compiled. */
  readonly modules: WakeWordSetting['modules'] & { readonly kernel: CompiledModule };
}

/** Altered copies of each recording that was held out: speed, level, room and noise differ. */
const COPIES = 16;
/** Frames that a copy has beyond a window, so that the word is seen in all its places. */
const BEYOND = 48;

/**
 * Trains, quantises and tunes a network on a few recordings of one or more words. The same recordings and seed give the
 * same network on any machine.
 *
 * @param words the words to hear; labels of the clips are indices into them
 * @param heldOut recordings that are not trained on and show what is missed; may be empty
 * @throws TrainingError without recordings of a word
 */
export async function makeWakeWord(
  words: readonly string[],
  clips: readonly WakeWordClip[],
  heldOut: readonly WakeWordClip[],
  options: WakeWordOptions,
): Promise<WakeWord> {
  const { trunk, modules, seed = 1 } = options;
  const counterExamples = scaledFor(options.counterExamples, trunk.features);
  const checkpoint = await trainWakeWord(words, clips, { ...options, counterExamples });
  const network = quantizeNetwork(checkpoint);
  const copies =
    heldOut.length === 0
      ? null
      : new WindowMaker({
          ...{ clips: heldOut, others: [], background: [], words, counterExamples, seed },
          frontEnd: modules.frontEnd,
          parameters: { ...trunk.features, frames: trunk.features.frames + BEYOND },
        }).copies(COPIES);
  const outcome = tuneWakeWord(network, counterExamples, copies, modules.kernel);
  return { checkpoint, network: { ...network, detection: outcome.point }, outcome };
}
