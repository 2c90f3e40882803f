import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage } from '../core/stage.js';
import { clipsOfSplitText } from '../core/statistics/index.js';
import { bytesText, countText, percentText } from '../core/text/index.js';
import { openDataset } from '../dataset/index.js';
import { type EvaluationReport, evaluateModel, quantizeRun, renderReport } from '../evaluation/index.js';
import { writeModel } from '../model/index.js';
import { packagePath, writeFileAtomically } from '../system/index.js';
import { configureTraining, type TrainingResult, trainNetwork } from '../training/index.js';
import { RESULT_FILE, replaceDemoFolder } from './folder.js';

/** The default folder of a demo. */
export const DEMO_FOLDER = 'runs/demo';
const SAMPLE = 'datasets/sample';
const PRESET = 'tiny';

export interface DemoOptions {
  /** A new or empty folder, or the folder of an earlier demo, which is replaced. */
  readonly out: string;
  readonly seed: number;
  readonly threads: number;
  readonly stage?: Stage;
  /** Called after each step with a line about its outcome. */
  onStep?(step: string, outcome: string): void;
}

/** The results of a demo; all paths are inside `out`. */
export interface DemoResult {
  readonly model: string;
  readonly module: string;
  readonly report: string;
  readonly seconds: number;
  readonly evaluation: EvaluationReport;
}

/**
 * Does the main job on the bundled recordings: trains `tiny`, converts it to integers, runs the kernel on the testing
 * split and writes the report. Throws `UsageError`, or what a step throws.
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const began = performance.now();
  return replaceDemoFolder(options.out, async (folder) => {
    mkdirSync(folder);
    const trained = await train(folder, options);
    await quantize(trained, folder, options);
    const evaluation = await evaluate(folder, options);
    const result: DemoResult = {
      model: join(options.out, 'model.spkw'),
      module: join(options.out, 'model.wasm'),
      report: join(options.out, 'report.html'),
      seconds: Math.round((performance.now() - began) / 100) / 10,
      evaluation,
    };
    writeFileAtomically(join(folder, RESULT_FILE), `${JSON.stringify(result, null, 2)}\n`);
    return result;
  });
}

async function train(folder: string, { seed, threads, stage, onStep }: DemoOptions): Promise<TrainingResult> {
  const data = packagePath(SAMPLE);
  const words = [...new Set(openDataset(data).clips.map((clip) => clip.word))].sort();
  onStep?.('recordings', `${words.length} words: ${words.join(' ')}`);
  const config = configureTraining({ data, task: words.join(','), preset: PRESET, seed }, null);
  const result = await trainNetwork(config, join(folder, 'training'), { threads, stage });
  onStep?.(
    'training',
    `${PRESET}, ${result.epochs} epochs: ` +
      `${percentText(result.validationAccuracy, 1)} of ${clipsOfSplitText(result.validationClips, 'validation', result.validation.voices)}`,
  );
  return result;
}

async function quantize(trained: TrainingResult, folder: string, options: DemoOptions): Promise<void> {
  const { threads, stage, onStep } = options;
  const { network, report } = await quantizeRun(trained.run, { threads, stage });
  const accuracy = report.validation?.accuracy ?? null;
  onStep?.(
    'quantisation',
    accuracy === null ? 'done' : `${percentText(accuracy, 1)} of them in integers, bounds proven`,
  );
  const { description, moduleBytes } = writeModel(network, folder);
  const { flashBytes, ramBytes } = description;
  const sizes = `${bytesText(flashBytes)}, ${countText(moduleBytes)} with the kernel, ${countText(ramBytes)} of RAM`;
  onStep?.('model', sizes);
}

async function evaluate(folder: string, { threads, stage, onStep }: DemoOptions): Promise<EvaluationReport> {
  const { report, portraits } = await evaluateModel({
    model: join(folder, 'model.spkw'),
    data: packagePath(SAMPLE),
    split: 'testing',
    checkpoint: join(folder, 'training', 'best.safetensors'),
    threads,
    portray: 'representative',
    stage,
  });
  writeFileAtomically(join(folder, 'report.html'), renderReport(report, portraits));
  onStep?.(
    'evaluation',
    `${percentText(report.accuracy, 1)} of ${clipsOfSplitText(report.clips, 'testing', report.voices)}`,
  );
  return report;
}
