import { melEnergies } from '../../assembly/inference/frontend/mel';
import { frame, powerSpectrum, powers } from '../../assembly/inference/frontend/spectrum';
import { MEL_BANDS } from '../../assembly/inference/generated';

const samples: usize = frame;
const energies: usize = memory.data(40 * 8, 16);

function melOfHz(hz: f64): f64 {
  return 2595.0 * Math.log10(1.0 + hz / 700.0);
}

function hzOfMel(mel: f64): f64 {
  return 700.0 * (10.0 ** (mel / 2595.0) - 1.0);
}

function edgeHz(m: i32): f64 {
  const lowest = melOfHz(20.0);
  return hzOfMel(lowest + (<f64>m * (melOfHz(4000.0) - lowest)) / 41.0);
}

/** Returns the energy of one band by the definition: an HTK triangle over the powers of the bins. */
function slowEnergy(band: i32): f64 {
  const low = edgeHz(band);
  const centre = edgeHz(band + 1);
  const high = edgeHz(band + 2);
  let energy = 0.0;
  for (let bin = 1; bin < 256; bin++) {
    const hz = <f64>bin * 15.625;
    const weight = Math.max(0.0, Math.min((hz - low) / (centre - low), (high - hz) / (high - centre)));
    energy += weight * <f64>load<u64>(powers + (bin << 3));
  }
  return energy;
}

/** Returns the largest error of a band, as a share of the band. */
function largestError(): f64 {
  powerSpectrum();
  melEnergies(energies);
  let largest = 0.0;
  for (let band = 0; band < MEL_BANDS; band++) {
    const exact = slowEnergy(band);
    const error = Math.abs(<f64>load<u64>(energies + (band << 3)) - exact);
    // Each segment rounds down twice, by less than one unit.
    largest = Math.max(largest, (error - 4.0) / (exact + 1.0));
  }
  return largest;
}

describe('the mel energies', () => {
  it('equal the triangles of the definition on a tone in every band', () => {
    for (let band = 0; band < MEL_BANDS; band++) {
      const step = (2.0 * Math.PI * edgeHz(band + 1)) / 16000.0;
      for (let n = 0; n < 640; n++) store<i16>(samples + (n << 1), <i16>(30000.0 * Math.cos(step * <f64>n)));
      expect(largestError()).toBeLessThan(1e-6);
    }
  });

  it('equal the triangles of the definition on an impulse, where every bin has the same power', () => {
    memory.fill(samples, 0, 640 * 2);
    store<i16>(samples + 640, 32767);
    expect(largestError()).toBeLessThan(1e-6);
  });

  it('do not overflow when all the energy of a full-scale frame is in one band', () => {
    const step = (2.0 * Math.PI * edgeHz(MEL_BANDS)) / 16000.0;
    for (let n = 0; n < 640; n++) {
      store<i16>(samples + (n << 1), Math.cos(step * <f64>n) < 0.0 ? -32768 : 32767);
    }
    expect(largestError()).toBeLessThan(1e-6);
  });
});
