import { encodeWav } from '../../../core/wav/index.js';
import { byId } from '../element.js';
import type { Heard } from '../history.js';
import { type Mistake, mistakes } from '../mistakes.js';
import { saveFile } from '../save-file.js';
import { playSound } from './play-sound.js';
import { heardText } from './spectrogram.js';

const NOTHING =
  'Choose a flag to replay its second and see its spikes; a hollow one just missed. Space freezes the picture.';

/** What can be done with the flag that the user chose: replay it, save it, mark it as wrong. */
export class FlagPanel {
  private readonly note = byId('flag-note', 'p');
  private readonly buttons = byId('flag-buttons', 'div');
  private readonly wrong = byId('flag-wrong', 'button');
  private heard: Heard | null = null;
  private readonly marked = new Map<Heard, Mistake>();

  constructor() {
    byId('flag-replay', 'button').addEventListener('click', () => this.replay());
    byId('flag-save', 'button').addEventListener('click', () => this.save());
    this.wrong.addEventListener('click', () => this.mark());
    mistakes.onChange(() => this.show());
    this.show();
  }

  /** Shows a flag and replays it; null: no flag is chosen. */
  choose(heard: Heard | null): void {
    this.heard = heard;
    this.show();
    if (heard !== null) this.replay();
  }

  private replay(): void {
    if (this.heard !== null) playSound(this.heard.clip);
  }

  private save(): void {
    if (this.heard === null) return;
    const { word, timeMs } = this.heard.detection;
    saveFile(`${word}-${(timeMs / 1000).toFixed(1)}s.wav`, encodeWav(this.heard.clip));
  }

  /** Marks the flag as wrong, or takes that back. */
  private mark(): void {
    const { heard } = this;
    if (heard === null) return;
    const before = this.marked.get(heard);
    if (before !== undefined && mistakes.all.includes(before)) {
      this.marked.delete(heard);
      mistakes.remove(before);
      return;
    }
    const kind = heard.kind === 'detection' ? 'false-accept' : 'miss';
    const mistake: Mistake = { second: heard.clip, label: heard.detection.word, kind };
    this.marked.set(heard, mistake);
    mistakes.add(mistake);
  }

  private show(): void {
    const { heard } = this;
    this.buttons.hidden = heard === null;
    if (heard === null) {
      this.note.textContent = NOTHING;
      return;
    }
    const mistake = this.marked.get(heard);
    const isMarked = mistake !== undefined && mistakes.all.includes(mistake);
    const wrong = heard.kind === 'detection' ? 'Nobody said it' : 'I did say it';
    this.wrong.textContent = isMarked ? 'It was right after all' : wrong;
    const said = `${heardText(heard)}.`;
    this.note.textContent = isMarked ? `${said} Marked as wrong: Teach can learn from it.` : said;
  }
}
