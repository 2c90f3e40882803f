/** The spikes of one layer during one clip, in the form for a picture. */
export interface Raster {
  readonly name: string;
  readonly channels: number;
  /** Frames × timesteps. */
  readonly columns: number;
  /** [channel][frame][timestep], 0…255: the fraction of the bands in which the channel fires. */
  readonly levels: Uint8Array;
}

/** One clip with the features and spikes of the network. */
export interface ClipPortrait {
  readonly clip: string;
  /** The reason why the clip was chosen. */
  readonly reason: 'typical' | 'mistake' | 'chosen';
  readonly spoken: string;
  /** Labels and softmax probabilities, the most probable first. */
  readonly answers: readonly { readonly label: string; readonly probability: number }[];
  /** Natural logarithms of the mel energies, [frame][band]. */
  readonly spectrogram: { readonly frames: number; readonly bands: number; readonly values: Float64Array };
  /** int8, [frame][coefficient] */
  readonly features: { readonly frames: number; readonly coefficients: number; readonly values: Int8Array };
  readonly rasters: readonly Raster[];
  readonly spikes: number;
}

/**
 * Orders the spikes of a layer, [timestep][channel][frame][band], by channel and then by time, so that the timesteps
 * of one frame are next to each other. Bands are averaged; a 1-D network has only one.
 */
export function layerRaster(
  name: string,
  spikes: Uint8Array,
  shape: { readonly channels: number; readonly frames: number; readonly bands: number },
  timesteps: number,
): Raster {
  const { channels, frames, bands } = shape;
  const columns = frames * timesteps;
  const levels = new Uint8Array(channels * columns);
  for (let t = 0; t < timesteps; t++) {
    for (let c = 0; c < channels; c++) {
      for (let frame = 0; frame < frames; frame++) {
        const start = ((t * channels + c) * frames + frame) * bands;
        let fired = 0;
        for (let band = 0; band < bands; band++) fired += spikes[start + band];
        levels[c * columns + frame * timesteps + t] = Math.round((255 * fired) / bands);
      }
    }
  }
  return { name, channels, columns, levels };
}
