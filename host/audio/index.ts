export { listInputDevices, parseAlsaDevices, parseFfmpegDevices } from './capture/devices.js';
export { openMicrophone, RECORDER_NAMES, type RecorderName } from './capture/microphone.js';
export { pcmSamples } from './capture/pcm.js';
export { inRealTime, LiveSource } from './capture/real-time.js';
export { recordedSource, type SampleSource } from './capture/source.js';
export { NO_PLAYER, Player } from './player.js';
export { decodeSamples, openRecording, openSamples, type ReadOptions, readRecording } from './recording.js';
