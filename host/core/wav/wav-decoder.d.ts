/** The part of wav-decoder 1.3.0 that we use; it ships no types. */
declare module 'wav-decoder' {
  interface Decoded {
    readonly sampleRate: number;
    /** One array per channel. */
    readonly channelData: readonly Float32Array[];
  }
  const decoder: {
    readonly decode: { sync(wav: ArrayBuffer, options: { symmetric: boolean }): Decoded };
  };
  export default decoder;
}
