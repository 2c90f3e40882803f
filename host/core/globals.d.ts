// What this wall may use besides the language: the names that Node and browsers both have. Whoever compiles against
// these sources has them already, from @types/node or from the DOM library; this file is for this wall's own
// compilation.

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
