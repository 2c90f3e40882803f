import { fileKind } from '../../core/file-kind.js';
import { onThemeChange, reducedMotion } from './drawing/theme.js';
import { byId } from './element.js';
import { HeardPanel } from './hear/heard-panel.js';
import { ModelPanel } from './hear/model-panel.js';
import { ScoresPanel } from './hear/scores-panel.js';
import { SoundPanel } from './hear/sound-panel.js';
import { ThresholdChoice } from './hear/threshold-choice.js';
import type { LoadedModel } from './model.js';
import type { Page } from './page.js';
import { BoardPanel } from './prove/board-panel.js';
import { NetworkPanel } from './see/network-panel.js';
import { Session } from './session.js';
import { followStages } from './stages.js';
import { beginTakeAway, linkedModel } from './take-away/index.js';
import { beginTeach } from './teach/index.js';

/** Time between updates of the numbers: faster ones cannot be read. */
const WRITE_MS = 250;
/** Time between updates of the pictures if the user prefers reduced motion. */
const REDUCED_PICTURE_MS = 1000;

let model: LoadedModel | null = null;
let session: Session | null = null;
let stale = true;

const choice = new ThresholdChoice();
const scores = new ScoresPanel(choice);
const heard = new HeardPanel();
const network = new NetworkPanel();
const sound = new SoundPanel((sampleRateHz) => {
  // the controls of the sound are disabled until there is a model
  const own = new Session(model!, sampleRateHz);
  session = own;
  const push = own.push.bind(own);
  own.push = (samples) => {
    for (const listener of soundListeners) listener(samples, sampleRateHz);
    push(samples);
  };
  session.onHeard = (word) => {
    heard.show(word);
    board.keep(word);
  };
  heard.clear();
  scores.begin(session);
  network.begin(session);
  stale = true;
  return session;
});
const soundListeners = new Set<(samples: Float32Array, sampleRateHz: number) => void>();
const listeners = new Set<(model: LoadedModel) => void>();
const models = new ModelPanel((chosen) => {
  model = chosen;
  if (chosen.network.detection !== undefined) choice.begin(chosen.network.detection);
  board.modelChanged(chosen);
  sound.modelChanged();
  for (const listener of listeners) listener(chosen);
});

const page: Page = {
  get model() {
    return model;
  },
  onModel: (listener) => {
    listeners.add(listener);
    if (model !== null) listener(model);
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
  },
  get changes() {
    const { falseAccepts } = choice;
    return {
      ...(falseAccepts === undefined ? {} : { falseAccepts }),
      ...(page.words.length < page.allWords.length ? { words: page.words } : {}),
    };
  },
  onSound: (listener) => soundListeners.add(listener),
  onChoice: (listener) => choice.onShow(listener),
};

const board = new BoardPanel(page);

let [drawnFrames, pictured, written] = [-1, 0, 0];

/** Draws everything that is new since the last call. */
function draw(now: number): void {
  requestAnimationFrame(draw);
  sound.showLevel();
  if (session === null) return;
  const { frames } = session.history;
  if (frames === drawnFrames && !stale) return;
  scores.draw(session);
  if (now - pictured >= (reducedMotion() ? REDUCED_PICTURE_MS : 0) || stale) {
    network.draw(session);
    pictured = now;
  }
  if (now - written < WRITE_MS && !stale) return;
  scores.write(session);
  network.write(session);
  written = now;
  drawnFrames = frames;
  stale = false;
}

const redraw = (): void => {
  stale = true;
};
onThemeChange(redraw);
new ResizeObserver(redraw).observe(document.body);

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

requestAnimationFrame(draw);
followStages();
beginTeach(page);
const takeAway = beginTakeAway(page);
void models.begin(linkedModel()).then(() => takeAway.follow());
