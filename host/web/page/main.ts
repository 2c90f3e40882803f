import { fileKind } from '../../core/file-kind.js';
import { onThemeChange, reducedMotion } from './drawing/theme.js';
import { byId, make } from './element.js';
import { EXAMPLES } from './hear/examples.js';
import { FlagPanel } from './hear/flag-panel.js';
import { HeardPanel } from './hear/heard-panel.js';
import { Listener, type Stream } from './hear/listener.js';
import { ModelPanel } from './hear/model-panel.js';
import { SoundPanel } from './hear/sound-panel.js';
import { Spectrogram } from './hear/spectrogram.js';
import { ThresholdChoice } from './hear/threshold-choice.js';
import { WordChips } from './hear/word-chips.js';
import type { Heard, History } from './history.js';
import type { LoadedModel } from './model.js';
import { offerInstallation } from './offline/install.js';
import { MOST_HEARD, type Page } from './page.js';
import { Painter } from './painter.js';
import type { SeeStage } from './see/see-stage.js';
import { followStages, untilNeeded } from './stages.js';
import { linkedModel } from './take-away/link.js';

/** Time between updates of the pictures if the user prefers reduced motion. */
const REDUCED_PICTURE_MS = 1000;

let model: LoadedModel | null = null;
let stream: Stream | null = null;
/** The history as it was when the user froze the picture; null while it moves. */
let frozen: History | null = null;
let pictured = 0;
/** The last words, the newest first, and what See shows as soon as it is loaded. */
let heardLast: readonly Heard[] = [];
let seen: Heard | null = null;
let see: SeeStage | null = null;
/** Whether a picture has to be drawn although its sound is known. */
let [isSeeStale, isPictureStale] = [true, true];

const painter = new Painter(paint);
const listener = new Listener((message) => sound.refuse(message));
const choice = new ThresholdChoice();
const chips = new WordChips(choice);
const spectrogram = new Spectrogram();
const flags = new FlagPanel();
const heardPanel = new HeardPanel();
const sound = new SoundPanel(listener, (rate) => show(listener.begin(model!, rate, choice.thresholds)));
const models = new ModelPanel(useModel);

/** Everything is drawn again. */
function redraw(): void {
  [isSeeStale, isPictureStale] = [true, true];
  painter.ask();
}

/** Shows a stream that begins: empties what shows the previous one. */
function show(begun: Stream): Stream {
  stream = begun;
  seen = null;
  freeze(false);
  choose(null);
  heardPanel.clear();
  chips.clear();
  see?.begin(begun.model);
  painter.ask();
  return begun;
}

const soundListeners = new Set<(samples: Int16Array) => void>();
const listeners = new Set<(model: LoadedModel) => void>();

function useModel(chosen: LoadedModel): void {
  model = chosen;
  choice.begin(chosen.network.detection ?? chosen.point);
  chips.begin(chosen);
  show(listener.show(chosen));
  sound.modelChanged();
  for (const listen of listeners) listen(chosen);
}

listener.onNews = (news) => {
  sound.heard(news);
  void see?.heard(news, performance.now());
  painter.ask();
};
listener.onSound = (samples) => {
  for (const listen of soundListeners) listen(samples);
};
listener.onHeard = (heard) => {
  if (heard.kind === 'near-miss') return;
  heardPanel.show(heard);
  chips.light(heard.detection.label);
  heardLast = [heard, ...heardLast].slice(0, MOST_HEARD);
  if (frozen !== null) return;
  seen = heard;
  see?.show(heard);
};
choice.onChange = (thresholds) => {
  listener.setThresholds(thresholds);
  redraw();
};

/** Draws everything that is new. */
function paint(): void {
  sound.showLevel();
  if (stream !== null) {
    chips.draw(stream);
    if (frozen === null || isPictureStale) drawPicture(stream);
  }
  if (isSeeStale) see?.draw();
  isSeeStale = false;
}

/** Draws the picture of a stream, or the frozen one; later if the user prefers reduced motion and it was just drawn. */
function drawPicture({ history }: Stream): void {
  const wait = (reducedMotion() ? REDUCED_PICTURE_MS : 0) - (performance.now() - pictured);
  if (wait > 0 && !isPictureStale) {
    setTimeout(() => painter.ask(), wait);
    return;
  }
  spectrogram.draw(frozen ?? history, choice.thresholds);
  pictured = performance.now();
  isPictureStale = false;
}

onThemeChange(redraw);
new ResizeObserver(redraw).observe(document.body);

const freezing = byId('freeze', 'button');
freezing.addEventListener('click', () => freeze(frozen === null));

/** Freezes the picture, or lets it move again. The sound is heard in either case. */
function freeze(isFrozen: boolean): void {
  if (isFrozen === (frozen !== null)) return;
  frozen = isFrozen ? (stream?.history.still() ?? null) : null;
  freezing.textContent = frozen === null ? 'Freeze' : 'Resume';
  redraw();
}

/** Chooses a flag: the picture stands still, its second is replayed, and its spikes are shown. */
function choose(heard: Heard | null): void {
  spectrogram.choose(heard);
  flags.choose(heard);
  if (heard === null) return;
  freeze(true);
  seen = heard;
  see?.chooseFlag(heard);
}
spectrogram.onChoose = choose;

window.addEventListener('keydown', (event) => {
  const isControl = event.target instanceof Element && event.target.closest('a, button, input, select, textarea');
  if (event.key !== ' ' || event.repeat || isControl) return;
  // the page would scroll
  event.preventDefault();
  freeze(frozen === null);
});

const exampleButtons = [
  byId('example', 'button'),
  ...EXAMPLES.map(({ word }) => make('button', { type: 'button', disabled: true }, word)),
];
byId('examples', 'fieldset').append(...exampleButtons.slice(1));
let played = -1;
for (const [k, button] of exampleButtons.entries()) {
  button.addEventListener('click', () => {
    // the first button plays one after the other
    played = k === 0 ? (played + 1) % EXAMPLES.length : k - 1;
    void sound.playExample(EXAMPLES[played]);
  });
}

const page: Page = {
  get model() {
    return model;
  },
  onModel: (listen) => {
    listeners.add(listen);
    if (model !== null) listen(model);
  },
  useModel: (bytes, name) => models.open(new File([bytes], name)),
  useServed: (digits) => models.useServed(digits),
  get eagerness() {
    return choice.eagerness;
  },
  set eagerness(position) {
    choice.eagerness = position;
  },
  get allWords() {
    return model?.network.labels.filter((_, label) => choice.isWord(label)) ?? [];
  },
  get words() {
    return model?.network.labels.filter((_, label) => choice.isOn(label)) ?? [];
  },
  set words(on) {
    model?.network.labels.forEach((word, label) => {
      if (choice.isWord(label)) choice.switchWord(label, on.includes(word));
    });
    if (model !== null) chips.begin(model);
  },
  get changes() {
    const { falseAccepts } = choice;
    return {
      ...(falseAccepts === undefined ? {} : { falseAccepts }),
      ...(page.words.length < page.allWords.length ? { words: page.words } : {}),
    };
  },
  get heard() {
    return heardLast;
  },
  onSound: (listen) => soundListeners.add(listen),
  onChoice: (listen) => choice.onShow(listen),
};
page.onModel(() => {
  for (const button of exampleButtons) button.disabled = false;
});

const drop = byId('drop', 'div');
window.addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.hidden = !event.dataTransfer?.types.includes('Files');
});
window.addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) drop.hidden = true;
});
window.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.hidden = true;
  const file = event.dataTransfer?.files[0];
  if (file !== undefined) void take(file);
});

/** Opens a dropped file as a model or a recording: its first bytes or its name tell which. */
async function take(file: File): Promise<void> {
  let kind: ReturnType<typeof fileKind>;
  try {
    kind = fileKind(new Uint8Array(await file.slice(0, 512).arrayBuffer()));
  } catch (error) {
    // a dropped folder looks like a file but cannot be read
    return sound.refuse(
      `${file.name} cannot be read: ${(error as Error).message} Drop a model (.spkw) or a recording.`,
    );
  }
  if (kind === 'model' || file.name.endsWith('.spkw')) await models.open(file);
  else if (kind === 'recording' || file.type.startsWith('audio/')) await sound.openRecording(file);
  else sound.refuse(`${file.name} is neither a model (.spkw) nor a recording. Drop one of these.`);
}

/** Begins the stages below the first. */
async function beginBelow(): Promise<void> {
  const below = await import('./below.js').catch(() => null);
  if (below === null) {
    return sound.refuse('The rest of this page cannot be loaded. Is spikeword web still running? Reload the page.');
  }
  see = new below.SeeStage(listener, redraw);
  if (stream !== null) see.begin(stream.model);
  if (seen !== null) see.chooseFlag(seen);
  below.beginTeach(page);
  new below.BoardPanel(page);
  new below.TakeAway(page);
}

followStages();
offerInstallation();
// until the words are there, the first stage is shorter than it will be
void models.begin(linkedModel()).then(untilNeeded).then(beginBelow);
