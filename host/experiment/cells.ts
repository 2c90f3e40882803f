import type { NeuronKind } from '../core/network/index.js';
import { BALANCES, type Balance } from './conversion.js';
import type { AblationSettings } from './settings.js';

/** One training: a run folder of this name. */
export interface CellTraining {
  readonly name: string;
  readonly neuron: NeuronKind;
  readonly timesteps: number;
  readonly width: number;
  readonly seed: number;
}

/** What is measured of a trained network. */
export type CellForm =
  /** The network of `relu` in float. */
  | { readonly kind: 'float' }
  /** The integers, by the kernel. */
  | { readonly kind: 'integers'; readonly bits: number }
  /**
   * A network of `relu` with spiking neurons; the integers by the kernel. Membranes that start half full are simulated
   * in float: no model file has them.
   */
  | {
      readonly kind: 'converted';
      readonly balance: Balance;
      readonly timesteps: number;
      readonly start: 'empty' | 'half full';
    };

/** One cell of the table: one form of one trained network. */
export interface Cell {
  /** The name of the run, a slash, and that of the form. */
  readonly name: string;
  readonly training: CellTraining;
  readonly form: CellForm;
}

/**
 * Returns the cells of an experiment in the order in which they are computed, so that one that is stopped early has
 * measured what says most: the neurons with the first seed, their timesteps, the other seeds, then widths. Neurons are
 * compared at all timesteps with the first width, and at all widths with the first number of timesteps.
 */
export function cellsOf(settings: AblationSettings): Cell[] {
  return trainingsOf(settings).flatMap((training) =>
    formsOf(settings, training).map((form) => ({ name: `${training.name}/${formName(form)}`, training, form })),
  );
}

function trainingsOf({
  neurons,
  timesteps: [middle, ...others],
  widths: [own, ...otherWidths],
  seeds,
}: AblationSettings) {
  const [first, ...otherSeeds] = seeds;
  const all = (shape: readonly (readonly [timesteps: number, width: number])[], ofSeeds: readonly number[]) =>
    ofSeeds.flatMap((seed) =>
      shape.flatMap(([timesteps, width]) =>
        neurons
          // ordinary activations have no timesteps
          .filter((neuron) => neuron !== 'relu' || timesteps === middle)
          .map((neuron): CellTraining => {
            const steps = neuron === 'relu' ? '' : `-t${timesteps}`;
            return { name: `${neuron}${steps}-w${width}-s${seed}`, neuron, timesteps, width, seed };
          }),
      ),
    );
  const centre = [[middle, own]] as const;
  const inTime = others.map((timesteps) => [timesteps, own] as const);
  const inWidth = otherWidths.map((width) => [middle, width] as const);
  return [
    ...all(centre, [first]),
    ...all(inTime, [first]),
    ...all(centre, otherSeeds),
    ...all(inWidth, [first]),
    ...all(inTime, otherSeeds),
    ...all(inWidth, otherSeeds),
  ];
}

function formsOf(settings: AblationSettings, { neuron, timesteps, width }: CellTraining): CellForm[] {
  const {
    timesteps: [middle],
    widths: [own],
    bits,
    conversions,
  } = settings;
  const central = timesteps === middle && width === own;
  if (neuron !== 'relu') {
    return (central ? bits : bits.slice(0, 1)).map((each) => ({ kind: 'integers', bits: each }));
  }
  if (!central) return [{ kind: 'float' }];
  const converted = conversions.flatMap((steps): CellForm[] => [
    ...BALANCES.map((balance) => ({ kind: 'converted', balance, timesteps: steps, start: 'empty' }) as const),
    { kind: 'converted', balance: 'percentile', timesteps: steps, start: 'half full' },
  ]);
  return [{ kind: 'float' }, ...converted];
}

function formName(form: CellForm): string {
  if (form.kind === 'float') return 'float';
  if (form.kind === 'integers') return `${form.bits}-bits`;
  return `${form.balance}-t${form.timesteps}${form.start === 'empty' ? '' : '-half-full'}`;
}
