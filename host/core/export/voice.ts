/**
 * The built-in signal of self tests: a voice that says nothing, now and then 0.3 seconds of pulses through two
 * resonators that glide. Integers only, so that firmware-bridge/library/spikeword.c makes the same samples. `seed`
 * chooses what it does not say.
 */
export function voice(seed: number, samples: number): Int16Array {
  let random = seed >>> 0;
  const next = (below: number): number => {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    return (random >>> 16) % below;
  };
  let [untilPulse, period] = [0, 0];
  const [formant, glide, now, before] = [
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
  ];
  return Int16Array.from({ length: samples }, (_, at) => {
    const loud = Math.floor(at / 2400) % 6 < 2;
    if (at % 2400 === 0) {
      period = 80 + next(80);
      glide[0] = next(5) - 2;
      glide[1] = next(9) - 4;
      formant[0] = 28_500 + next(3000);
      formant[1] = 20_000 + next(8000);
    }
    let sound = 0;
    untilPulse -= 1;
    if (untilPulse < 0) {
      untilPulse = period;
      sound = loud ? 3000 : 0;
    }
    for (let k = 0; k < 2; k++) {
      // y = x + c y' − r y'', c = 2√r cos ω
      const value = sound + (Math.imul(formant[k], now[k]) >> 14) - (Math.imul(15_400, before[k]) >> 14);
      before[k] = now[k];
      sound = Math.max(-20_000, Math.min(20_000, value));
      now[k] = sound;
      if ((at + 1) % 16 === 0) formant[k] += glide[k];
      sound = Math.trunc(sound / 2);
    }
    return sound + next(64) - 32;
  });
}
