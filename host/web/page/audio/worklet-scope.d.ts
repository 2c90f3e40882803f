// The part of AudioWorkletGlobalScope (W3C, Web Audio API) that capture.worklet.ts uses. TypeScript has no types for
// it.
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
