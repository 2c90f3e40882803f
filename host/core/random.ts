/**
 * A seeded stream of random numbers: the same seed gives the same numbers on every machine.
 * xoshiro128** (Blackman and Vigna, 2018), its state filled by splitmix32 from the seed's words.
 */
export class Random {
  private readonly state = new Uint32Array(4);

  /** `seeds` are 32-bit integers; different lists (a seed, an epoch, a clip) give independent streams. */
  constructor(...seeds: readonly number[]) {
    let word = 0x9e3779b9;
    const next = (): number => {
      word = (word + 0x9e3779b9) | 0;
      let z = word;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return (z ^ (z >>> 16)) >>> 0;
    };
    for (const seed of seeds) {
      word = (word ^ seed) | 0;
      word = next();
    }
    for (let k = 0; k < 4; k++) this.state[k] = next();
  }

  /** The next 32 random bits, as an unsigned integer. */
  uint32(): number {
    const s = this.state;
    const product = Math.imul(s[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number {
    return this.uint32() / 4294967296;
  }

  /** A number in [low, high) whose logarithm is uniform. */
  logUniform([low, high]: readonly [low: number, high: number]): number {
    return low * (high / low) ** this.uniform();
  }

  /** A uniform integer in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /** Standard normal, by Box and Muller (1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Shuffles in place (Fisher and Yates) and returns the array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let k = items.length - 1; k > 0; k--) {
      const other = this.below(k + 1);
      const kept = items[k];
      items[k] = items[other];
      items[other] = kept;
    }
    return items;
  }

  /** The four state words, to continue the stream later with `Random.from`. */
  save(): number[] {
    return [...this.state];
  }

  static from(state: readonly number[]): Random {
    const random = new Random(0);
    random.state.set(state);
    return random;
  }
}
