import { crc32 } from 'node:zlib';
import { encodeModel } from '../../host/core/model/index.js';
import type { BoardClient, Hello } from '../../host/core/protocol/index.js';
import { SLOT_STATE } from '../../host/core/protocol/index.js';
import { randomFeatures } from '../judge/feature-maps.js';
import { judge } from '../judge/judge.js';
import { tinyNetworks } from '../model/tiny-networks.js';

/** A model of one or two kilobytes, and its scores for certain features. */
export interface TrialModel {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly crc: number;
  readonly features: Int8Array;
  readonly scores: readonly number[];
}

/** Models that differ from each other in length, content and scores. */
export function trialModels(): TrialModel[] {
  return tinyNetworks().map((network, k) => {
    const bytes = encodeModel(network);
    const features = randomFeatures(network, k);
    return { name: `model ${k}`, bytes, crc: crc32(bytes), features, scores: judge(network, features).scores };
  });
}

export async function install(client: BoardClient, { bytes, crc }: TrialModel): Promise<void> {
  await client.begin(bytes, crc);
  await client.write(bytes);
  await client.commit(bytes.length, crc);
}

/**
 * Which of the models a board runs: its slot has the model's bytes, every one, and its kernel computes the model's
 * scores. Null if it runs none of them, or not as it should.
 */
export async function whatRuns(
  client: BoardClient,
  hello: Hello,
  models: readonly TrialModel[],
): Promise<TrialModel | null> {
  if (hello.activeSlot === null) return null;
  const { crc, length } = hello.slots[hello.activeSlot];
  const model = models.find((candidate) => candidate.crc === crc && candidate.bytes.length === length);
  if (model === undefined) return null;
  const content = await client.readSlot(hello.activeSlot, length);
  await client.sendFeatures(model.features);
  const { scores } = await client.infer();
  const whole = Buffer.from(content).equals(model.bytes) && scores.join() === model.scores.join();
  return whole ? model : null;
}

/** Returns whether a slot has a commit record for content that is not the committed model. */
export function hasTornSlot(hello: Hello): boolean {
  return hello.slots.some(({ state }) => state === SLOT_STATE.damaged || state === SLOT_STATE.refused);
}
