export { clipOf, clipStart } from './clip-of.js';
export { clipWindow, millisecondsOf, samplesOfFrames, samplesOfMs, samplesOfSeconds, windowSamples } from './clock.js';
export { type Cut, type CutPlace, cutOut, cutTalk, cutWords, planCuts } from './cut-words.js';
export { findWords, PieceEnergies, type WordPlace } from './find-words.js';
export * from './generated.js';
export { joinSamples, roundedSample, toInt16 } from './int16.js';
export { amplitudeOf, FULL_SCALE, levelDbfs, rootMeanSquare, sumOfSquares } from './level.js';
export { HIGHEST_RATE_HZ, LOWEST_RATE_HZ, Resampler } from './resampler.js';
export { wordExtent } from './word-extent.js';
