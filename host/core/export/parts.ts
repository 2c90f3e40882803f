import { SpikewordError } from '../error.js';

/** The builds of the kernel that exports need. */
export type ExportKernel = 'kernel' | 'kernel-portable' | 'kernel-apart';

/** What exports are made of besides the models. The caller reads these files, from a disk or from a server. */
export interface ExportParts {
  /** The version of this package. */
  readonly version: string;
  /**
   * Texts by their names: `LICENSE`, `resampler.js`, `c/FILE` for the sources of the library in C, and
   * `templates/FOLDER/PATH`.
   */
  readonly texts: Readonly<Record<string, string>>;
  /** Bytes of the builds of the kernel. */
  readonly wasm: Readonly<Record<ExportKernel, Uint8Array<ArrayBuffer>>>;
}

/** Returns one of the texts. Throws `SpikewordError` if it is missing, as the kernel in C is where wasm2c was. */
export function textPart({ texts }: ExportParts, name: string): string {
  const text = texts[name];
  if (text === undefined) {
    throw new SpikewordError(`export: ${name} is missing; run npm run build where wasm2c is installed`);
  }
  return text;
}
