// What host/core may use besides the language: the names that Node and browsers both have. Code that compiles against
// these sources already has them, from @types/node or the DOM library; this file is for the compilation of host/core
// itself.

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean });
  decode(bytes?: ArrayBufferView | ArrayBuffer): string;
}

declare const performance: { now(): number };

declare function setTimeout(callback: () => void, milliseconds?: number): number;
declare function clearTimeout(timer: number | undefined): void;
