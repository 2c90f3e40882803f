import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { configureTraining, type EpochLog, runPage } from '../../host/training/index.js';
import { logCsv } from '../../host/training/log-csv.js';
import { ticks } from '../../host/training/report/chart.js';
import { spikeword } from '../cli/spikeword.js';
import { temporaryFolder } from '../dataset/corpus.js';

const config = configureTraining({ data: 'clips', task: 'yes,no', preset: 'tiny', epochs: 3 }, null);

const epoch = (n: number, changes: Partial<EpochLog> = {}): EpochLog => ({
  epoch: n,
  epochs: 3,
  loss: 1 / n,
  trainingAccuracy: 0.5 + n / 10,
  validationLoss: 2 / n,
  validationAccuracy: 0.4 + n / 10,
  validationMissRate: null,
  best: n !== 3,
  learningRate: 0.01 / n,
  spikesPerNeuron: { mean: 0.3, weighted: 0.25, layers: { stem: 0.2 + n / 100, 'a<b': 0.4 } },
  thresholds: { stem: [1, 2, 3, 4] },
  clipsPerSecond: 500,
  seconds: 1.5,
  secondsLeft: 0,
  ...changes,
});
const log = [1, 2, 3].map((n) => epoch(n));

describe('the curves of a run', () => {
  test('have a chart of every figure, with a point for every epoch', () => {
    const page = runPage('mine & yours', config, log);
    const titles = [...page.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, title]) => title);
    assert.deepEqual(titles, [
      'Loss',
      'Accuracy',
      'Spikes per neuron',
      'Thresholds, mean over the timesteps',
      'Learning rate at the end of the epoch',
    ]);
    assert.match(page, /<title>training, epoch 2: 0\.5<\/title>/);
    assert.match(page, /<title>stem, epoch 1: 2\.5<\/title>/);
    assert.match(page, /Best epoch 2 \(dashed\): 60\.00 % of the validation clips recognised/);
    assert.match(page, /mine &amp; yours/);
    assert.ok(page.includes('a&lt;b') && !page.includes('a<b'));
    assert.doesNotMatch(page, /NaN|Infinity|undefined/);
    assert.doesNotMatch(page, /(src|href)=/);
  });

  test('have missed words where they are counted, and no spikes where there are none', () => {
    const relu = { spikesPerNeuron: null, thresholds: {} };
    const page = runPage('relu', config, [epoch(1, { ...relu, validationMissRate: 0.25 })]);
    assert.match(page, /<h2>Words missed in validation streams<\/h2>/);
    assert.match(page, /25\.0 % of the words missed/);
    assert.doesNotMatch(page, /<h2>(Spikes|Thresholds)/);
    assert.doesNotMatch(page, /NaN|Infinity|undefined/);
  });

  test('say what is behind the figures on validation, and warn if it is little', () => {
    const evidence = { voices: { clips: 239, speakers: 5 }, missingWords: [] };
    assert.match(runPage('a', config, log, evidence), /clips recognised, 239 clips by 5 speakers\.</);
    assert.doesNotMatch(runPage('a', config, log, evidence), /only|no clips/);
    const few = { voices: { clips: 12, speakers: 2 }, missingWords: ['no', 'a<b'] };
    assert.match(runPage('a', config, log, few), /Validation: only 12 clips by 2 speakers/);
    assert.match(
      runPage('a', config, log, few),
      /Validation: no clips of no a&lt;b: these figures say nothing about them/,
    );
  });

  test('have round numbers on their axes', () => {
    assert.deepEqual(ticks(0, 1, 4), [0, 0.5, 1]);
    assert.deepEqual(ticks(0.31, 0.39, 4), [0.32, 0.34, 0.36, 0.38]);
    assert.deepEqual(ticks(-7, 12, 4), [-5, 0, 5, 10]);
  });
});

test('log.csv has the names, then a line for every epoch', () => {
  const [names, ...rows] = logCsv([...log, epoch(4, { spikesPerNeuron: null })]).split('\n');
  assert.match(names, /^epoch,loss,training_accuracy,.*,best,.*,seconds$/);
  assert.equal(rows[1], '2,0.5,0.7,1,0.6000000000000001,,true,0.005,0.3,0.25,500,1.5');
  assert.equal(rows[3].split(',').length, names.split(',').length);
  assert.equal(rows.at(-1), '');
});

test('report writes the page into the run folder, and says if there is nothing to draw', () => {
  const run = join(temporaryFolder(), 'run');
  mkdirSync(run);
  writeFileSync(join(run, 'config.json'), JSON.stringify(config));
  const empty = spikeword('report', run);
  assert.equal(empty.code, 1);
  assert.match(empty.stderr, /^RunError: .*run: no epoch has finished yet, so there is nothing to draw\n$/);
  writeFileSync(join(run, 'log.jsonl'), log.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { stdout, stderr } = spikeword('report', run);
  // stdout has the path alone, for a program that opens it
  assert.deepEqual([stdout, stderr], [`${run}/report.html\n`, `next: open ${run}/report.html in a browser\n`]);
  assert.match(readFileSync(join(run, 'report.html'), 'utf8'), /^<!doctype html>/);
});
