import { HOP_SAMPLES, SAMPLE_RATE_HZ } from '../../../core/audio/index.js';
import { LogMel, MEL_BANDS } from '../../../core/features/index.js';
import { paintPixels } from '../drawing/surface.js';
import { rgb, theme } from '../drawing/theme.js';
import { make } from '../element.js';
import { playSound } from '../hear/play-sound.js';
import type { StoredRecording } from './store.js';

/** The kind of data of a tile that is dragged. */
export const TILE_TYPE = 'application/x-spikeword-recording';
/** Nepers of energy below the loudest cell of a tile that are drawn: 35 dB. */
const DEPTH = 8;
const MOST_COLUMNS = 100;

export interface TileActions {
  readonly remove: () => void;
  /** Moves the recording to the next (1) or the previous (−1) word. */
  readonly move: (by: 1 | -1) => void;
}

/** A recording: its spectrogram, which plays it, and a button that deletes it. */
export class Tile {
  readonly item: HTMLLIElement;
  private readonly canvas = make('canvas', { className: 'pixels' });
  private readonly play: HTMLButtonElement;
  private readonly delete: HTMLButtonElement;
  private bands: readonly Float32Array[] | null = null;

  constructor(
    readonly recording: StoredRecording,
    { remove, move }: TileActions,
  ) {
    this.play = make('button', { type: 'button', className: 'tile-play' }, this.canvas);
    this.delete = make('button', { type: 'button', className: 'tile-delete', textContent: '×' });
    this.item = make('li', { className: 'tile', draggable: true }, this.play, this.delete);
    this.play.setAttribute('aria-keyshortcuts', 'Delete Alt+ArrowUp Alt+ArrowDown');
    this.play.addEventListener('click', () => playSound(recording.samples));
    this.play.addEventListener('keydown', (event) => {
      if (event.key === 'Delete' || event.key === 'Backspace') remove();
      else if (event.altKey && event.key === 'ArrowDown') move(1);
      else if (event.altKey && event.key === 'ArrowUp') move(-1);
      else return;
      event.preventDefault();
    });
    this.delete.addEventListener('click', remove);
    this.item.addEventListener('dragstart', (event) => {
      event.dataTransfer?.setData(TILE_TYPE, String(recording.id));
      if (event.dataTransfer !== null) event.dataTransfer.effectAllowed = 'move';
    });
    this.paint();
  }

  /** Names the recording for screen readers, and in its tip. */
  name(text: string): void {
    const { length } = this.recording.samples;
    const seconds = length === SAMPLE_RATE_HZ ? '' : `, ${(length / SAMPLE_RATE_HZ).toFixed(1)} s`;
    this.play.ariaLabel = `Play ${text}${seconds}`;
    this.delete.ariaLabel = `Delete ${text}`;
    this.play.title = `${text}${seconds}: click to play, drag to another word`;
  }

  focus(): void {
    this.play.focus();
  }

  /** Paints the spectrogram in the colours of the theme. */
  paint(): void {
    this.bands ??= bandsOf(this.recording.samples);
    const { bands } = this;
    // each tile against its own loudest cell: takes are compared by their shape, however loud they are
    const loudest = Math.max(...bands.map((column) => Math.max(...column)));
    const ink = rgb(theme().accent);
    paintPixels(this.canvas, bands.length, MEL_BANDS, (pixels) => {
      bands.forEach((column, x) => {
        column.forEach((energy, band) => {
          const at = 4 * ((MEL_BANDS - 1 - band) * bands.length + x);
          pixels.set(ink, at);
          pixels[at + 3] = 255 * Math.max(0, 1 - (loudest - energy) / DEPTH) ** 1.5;
        });
      });
    });
  }
}

/** Returns the spectrogram of a recording, at most `MOST_COLUMNS` columns. */
function bandsOf(samples: Int16Array): Float32Array[] {
  const mel = new LogMel();
  const frames = Math.floor(samples.length / HOP_SAMPLES);
  const every = Math.max(1, Math.ceil(frames / MOST_COLUMNS));
  const columns: Float32Array[] = [];
  for (let frame = 0; frame < frames; frame++) {
    mel.push(samples.subarray(frame * HOP_SAMPLES, (frame + 1) * HOP_SAMPLES));
    if (frame % every === every - 1) columns.push(mel.bands());
  }
  return columns.length === 0 ? [mel.bands()] : columns;
}
