export { type InputDevice, listInputDevices, parseAlsaDevices, parseFfmpegDevices } from './devices.js';
export { CaptureError } from './error.js';
export { type MicrophoneOptions, openMicrophone, RECORDER_NAMES, type RecorderName } from './microphone.js';
export { pcmSamples } from './pcm.js';
export { inRealTime, LiveSource } from './real-time.js';
export { recordedSource, type SampleSource } from './source.js';
