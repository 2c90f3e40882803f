import { countText } from '../text/index.js';

/** What is behind a figure: different recordings, and how many people are known to speak in them. */
export interface Voices {
  readonly clips: number;
  /** Null if some recordings do not say who speaks; 0 if nobody speaks in them. */
  readonly speakers: number | null;
}

/** With fewer clips or speakers, a figure says little about other recordings, or about other people. */
const FEW_CLIPS = 30;
const FEW_SPEAKERS = 5;

/** Counts clips and speakers; clips with the same path are counted once. */
export function voicesOf(
  clips: readonly { readonly path: string; readonly speaker: string; readonly speakerKnown: boolean }[],
): Voices {
  const different = [...new Map(clips.map((clip) => [clip.path, clip])).values()];
  const known = different.every(({ speakerKnown }) => speakerKnown);
  return { clips: different.length, speakers: known ? new Set(different.map(({ speaker }) => speaker)).size : null };
}

const clipsText = (clips: number, kind = ''): string => `${countText(clips)} ${kind}clip${clips === 1 ? '' : 's'}`;

const speakersText = (speakers: number | null): string =>
  speakers === null ? 'unknown speakers' : `${countText(speakers)} speaker${speakers === 1 ? '' : 's'}`;

const nobodySpeaks = ({ clips, speakers }: Voices): boolean => clips > 0 && speakers === 0;

/** '239 clips by 5 speakers', '12 clips by unknown speakers', or, if nobody speaks, '12 clips' */
export function voicesText(voices: Voices): string {
  const { clips, speakers } = voices;
  return nobodySpeaks(voices) ? clipsText(clips) : `${clipsText(clips)} by ${speakersText(speakers)}`;
}

/** '239 validation clips by 5 speakers' or, if some are of silence, '263 validation clips (239 by 5 speakers)' */
export function clipsOfSplitText(clips: number, split: string, voices: Voices): string {
  const who = speakersText(voices.speakers);
  const all = clipsText(clips, `${split} `);
  if (nobodySpeaks(voices)) return all;
  return clips === voices.clips ? `${all} by ${who}` : `${all} (${countText(voices.clips)} by ${who})`;
}

/** Whether figures rest on too few clips or speakers to say much. */
export function areFew(voices: Voices): boolean {
  const { clips, speakers } = voices;
  return clips < FEW_CLIPS || (speakers !== null && speakers < FEW_SPEAKERS && !nobodySpeaks(voices));
}

/** Returns the warning that stands beside figures from few clips or speakers; null if they are enough. */
export function fewVoicesWarning(voices: Voices): string | null {
  return areFew(voices) ? `only ${voicesText(voices)}: these figures say little about others` : null;
}
