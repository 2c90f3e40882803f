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
 * measured what says most: the neurons with the first seed, their timesteps, conversions, the other seeds, then widths.
 * Neurons are compared at all timesteps with the first width, and at all widths with the first number of timesteps.
 */
export function cellsOf(settings: AblationSettings): Cell[] {
  const {
    timesteps: [middle, ...otherTimesteps],
    widths: [own, ...otherWidths],
    seeds: [first, ...otherSeeds],
  } = settings;
  const central = [[middle, own]] as const;
  const inTime = otherTimesteps.map((timesteps) => [timesteps, own] as const);
  const inWidth = otherWidths.map((width) => [middle, width] as const);
  const cells = (
    shapes: readonly (readonly [timesteps: number, width: number])[],
    seeds: readonly number[],
    of: (settings: AblationSettings, training: CellTraining) => CellForm[] = formsOf,
  ): Cell[] =>
    trainingsOf(settings, shapes, seeds).flatMap((training) =>
      of(settings, training).map((form) => ({ name: `${training.name}/${formName(form)}`, training, form })),
    );
  return [
    ...cells(central, [first]),
    ...cells(inTime, [first]),
    ...cells(central, [first], conversionsOf),
    ...cells(central, otherSeeds),
    ...cells(inWidth, [first]),
    ...cells(inTime, otherSeeds),
    ...cells(central, otherSeeds, conversionsOf),
    ...cells(inWidth, otherSeeds),
  ];
}

function trainingsOf(
  { neurons, timesteps: [middle] }: AblationSettings,
  shapes: readonly (readonly [timesteps: number, width: number])[],
  seeds: readonly number[],
): CellTraining[] {
  return seeds.flatMap((seed) =>
    shapes.flatMap(([timesteps, width]) =>
      neurons
        // ordinary activations have no timesteps
        .filter((neuron) => neuron !== 'relu' || timesteps === middle)
        .map((neuron) => {
          const steps = neuron === 'relu' ? '' : `-t${timesteps}`;
          return { name: `${neuron}${steps}-w${width}-s${seed}`, neuron, timesteps, width, seed };
        }),
    ),
  );
}

/** What is measured of a network as it was trained. */
function formsOf({ timesteps: [middle], widths: [own], bits }: AblationSettings, training: CellTraining): CellForm[] {
  if (training.neuron === 'relu') return [{ kind: 'float' }];
  const central = training.timesteps === middle && training.width === own;
  return (central ? bits : bits.slice(0, 1)).map((each) => ({ kind: 'integers', bits: each }));
}

/** What is measured of a network of `relu` that is converted. */
function conversionsOf({ conversions }: AblationSettings, { neuron }: CellTraining): CellForm[] {
  if (neuron !== 'relu') return [];
  return conversions.flatMap((timesteps): CellForm[] => [
    ...BALANCES.map((balance) => ({ kind: 'converted', balance, timesteps, start: 'empty' }) as const),
    { kind: 'converted', balance: 'percentile', timesteps, start: 'half full' },
  ]);
}

function formName(form: CellForm): string {
  if (form.kind === 'float') return 'float';
  if (form.kind === 'integers') return `${form.bits}-bits`;
  return `${form.balance}-t${form.timesteps}${form.start === 'empty' ? '' : '-half-full'}`;
}
