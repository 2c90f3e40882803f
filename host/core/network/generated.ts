// Generated from contracts/ by npm run generate; change it there.

/** Most channels of a layer. */
export const MOST_CHANNELS = 4096;
/** Most frames of a clip or layer. */
export const MOST_FRAMES = 1024;
/** Most bands of a layer, and most coefficients of a frame. */
export const MOST_BANDS = 64;
/** Most channels of the features of a 2-D network. */
export const MOST_INPUT_CHANNELS = 16;
/** Most taps of a kernel along one axis, and largest stride. */
export const MOST_EXTENT = 15;
/** Most timesteps. */
export const MOST_TIMESTEPS = 32;
/** Most classes. */
export const MOST_CLASSES = 1024;
/** Most inferences that are averaged. */
export const MOST_AVERAGED = 1024;
/** Most frames from one inference to the next. */
export const MOST_HOP = 3000;
/** Most points of the operating curve. */
export const MOST_POINTS = 64;
/** Feature multipliers are positive and below this. */
export const MULTIPLIER_END = 16_777_216;
/** Weight rows are a multiple of this many channels wide. */
export const CHANNEL_GROUP = 8;

/** Added to the variance in every batch norm, as in every framework; part of the meaning of a trained network. */
export const BATCH_NORM_EPSILON = 1e-5;
/** Weight of the newest batch in the running statistics. */
export const BATCH_NORM_MOMENTUM = 0.1;
