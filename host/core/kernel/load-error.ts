/** Codes of assembly/inference/network/error.ts that the host acts on. */
export const LOAD_OK = 0;
export const LOAD_RAM = 15;

const hex = (n: number): string => `0x${n.toString(16).padStart(8, '0')}`;

/** What an error of `load` means; `detail` and `other` as the kernel gives them. */
export function loadErrorText(code: number, detail: number, other: number): string {
  switch (code) {
    case 1:
      return `a model cannot stand at address ${detail}: not a multiple of 4, or inside the ${other} bytes of RAM`;
    case 2:
      return `${detail} bytes, cut off inside the header of ${other}`;
    case 3:
      return `not a spikeword model: it begins with ${hex(detail)}`;
    case 4:
      return `format version ${detail}; this kernel reads version ${other}`;
    case 5:
      return `${other} bytes, but the header says ${detail}`;
    case 6:
      return `damaged: CRC-32 is ${hex(detail)}, the header says ${hex(other)}`;
    case 7:
      return `section ${detail} is not where it belongs`;
    case 8:
      return 'the feature parameters are out of range';
    case 9:
      return 'the labels do not fit the classes';
    case 10:
      return `the field at ${detail} of the network section is out of range`;
    case 11:
      return `layer ${detail} does not fit its neighbour`;
    case 12:
      return `layer ${detail} has an offset outside the weights`;
    case 13:
      return `layer ${detail} has a threshold that is not positive`;
    case 14:
      return `layer ${detail} has more operations than 32 bits can count`;
    case LOAD_RAM:
      return `the model needs ${detail} bytes of RAM; ${other} are available`;
    case 16:
      return 'no model is part of this module';
    default:
      return `error ${code} (${detail}, ${other})`;
  }
}
