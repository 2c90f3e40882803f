#include "spectrum.h"

#include <stdbool.h>

#include "tables.h"

struct complex {
  int32_t re, im;
};

/** Two transforms of 256 numbers; after the last step the first one has powers. */
static union {
  struct complex number[2][256];
  uint64_t power[2][256];
} work;

static inline int32_t half(int32_t a, int32_t b) { return (int32_t)(((int64_t)a * b) >> 32); }

static inline int32_t half_sum(int32_t a, int32_t b, int32_t c, int32_t d) {
  return (int32_t)(((int64_t)a * b + (int64_t)c * d) >> 32);
}

static inline int32_t half_difference(int32_t a, int32_t b, int32_t c, int32_t d) {
  return (int32_t)(((int64_t)a * b - (int64_t)c * d) >> 32);
}

/** Rotates the numbers of a butterfly by the twiddles k and 2k; writes them 64, 128 and 192 numbers after `to`. */
static inline void turn(struct complex *to, struct complex u, struct complex y, struct complex v, uint32_t quarter,
                        const int32_t *w1, const int32_t *w2) {
  to[2 * quarter].re = half_sum(y.re, w2[256], y.im, w2[0]);
  to[2 * quarter].im = half_difference(y.im, w2[256], y.re, w2[0]);
  to[quarter].re = half_sum(u.re, w1[256], u.im, w1[0]);
  to[quarter].im = half_difference(u.im, w1[256], u.re, w1[0]);
  to[3 * quarter].re = half_difference(v.re, w1[256], v.im, w1[0]);
  to[3 * quarter].im = half_sum(v.im, w1[256], v.re, w1[0]);
}

static inline int32_t windowed(const int16_t *x, const int32_t *weights, uint32_t k) {
  return half((int32_t)((uint32_t)x[k] << 16), weights[k]);
}

/**
 * Number m of a transform, from samples 4m + re and 4m + im. The fourth input is always zero, and the third is zero in
 * the second half.
 */
static inline void column(const int16_t *x, const int32_t *weights, uint32_t re, uint32_t im, bool third,
                          struct complex *to, const int32_t *w1, const int32_t *w2) {
  const struct complex a = {windowed(x, weights, re), windowed(x, weights, im)};
  const struct complex b = {windowed(x, weights, re + 256), windowed(x, weights, im + 256)};
  const struct complex c = {third ? windowed(x, weights, re + 512) : 0, third ? windowed(x, weights, im + 512) : 0};
  to->re = (a.re + c.re + b.re) >> 1;
  to->im = (a.im + c.im + b.im) >> 1;
  turn(to, (struct complex){a.re - c.re + b.im, a.im - c.im - b.re},
       (struct complex){a.re + c.re - b.re, a.im + c.im - b.im},
       (struct complex){a.re - c.re - b.im, a.im - c.im + b.re}, 64, w1, w2);
}

static void first_pass(const int16_t *samples) {
  for (uint32_t m = 0; m < 64; m++) {
    const int16_t *x = samples + 4 * m;
    const int32_t *weights = HANN + 4 * m;
    const bool third = m < 32;
    column(x, weights, 1, 2, third, &work.number[0][m], SINE + 4 * m, SINE + 8 * m);
    column(x, weights, 3, 0, third, &work.number[1][m], SINE + 4 * m, SINE + 8 * m);
  }
}

static void pass(uint32_t quarter, uint32_t twiddle_step) {
  struct complex *const first = work.number[0];
  struct complex *const end = first + 512;
  for (uint32_t k = 0; k < quarter; k++) {
    const int32_t *w1 = SINE + k * twiddle_step;
    const int32_t *w2 = SINE + 2 * k * twiddle_step;
    for (struct complex *p = first + k; p < end; p += 4 * quarter) {
      const struct complex a = p[0], b = p[quarter], c = p[2 * quarter], d = p[3 * quarter];
      p->re = (a.re + c.re + (b.re + d.re)) >> 1;
      p->im = (a.im + c.im + (b.im + d.im)) >> 1;
      const struct complex y = {a.re + c.re - (b.re + d.re), a.im + c.im - (b.im + d.im)};
      const struct complex u = {a.re - c.re + (b.im - d.im), a.im - c.im - (b.re - d.re)};
      const struct complex v = {a.re - c.re - (b.im - d.im), a.im - c.im + (b.re - d.re)};
      if (k == 0) {
        p[2 * quarter] = (struct complex){y.re >> 1, y.im >> 1};
        p[quarter] = (struct complex){u.re >> 1, u.im >> 1};
        p[3 * quarter] = (struct complex){v.re >> 1, v.im >> 1};
      } else {
        turn(p, u, y, v, quarter, w1, w2);
      }
    }
  }
}

static inline uint64_t squared(int32_t re, int32_t im) { return (uint64_t)((int64_t)re * re + (int64_t)im * im); }

static void combine(void) {
  for (uint32_t k = 1; k <= 128; k++) {
    const uint32_t at = BIN_PLACE[k], mirror = BIN_PLACE[256 - k];
    const struct complex p = work.number[0][at], q = work.number[0][mirror];
    const struct complex u = work.number[1][at], v = work.number[1][mirror];
    const struct complex f0 = {(p.re + q.re) >> 1, (p.im - q.im) >> 1};
    const struct complex f1 = {p.im + q.im, q.re - p.re};
    const struct complex f2 = {u.re + v.re, u.im - v.im};
    const struct complex f3 = {u.im + v.im, v.re - u.re};
    const int32_t s1 = SINE[k], c1 = SINE[k + 256], s2 = SINE[2 * k], c2 = SINE[2 * k + 256];
    const struct complex g = {half_sum(f2.re, c2, f2.im, s2), half_difference(f2.im, c2, f2.re, s2)};
    const int32_t sr = f1.re + f3.re, si = f1.im + f3.im, dr = f1.re - f3.re, di = f1.im - f3.im;
    work.power[0][mirror] =
        squared(f0.re - g.re + half_difference(sr, s1, di, c1), f0.im - g.im + half_sum(si, s1, dr, c1));
    work.power[0][at] =
        squared(f0.re + g.re + half_sum(sr, c1, di, s1), f0.im + g.im + half_difference(si, c1, dr, s1));
  }
}

const uint64_t *power_spectrum(const int16_t *samples) {
  first_pass(samples);
  pass(16, 16);
  pass(4, 64);
  pass(1, 256);
  combine();
  return work.power[0];
}
