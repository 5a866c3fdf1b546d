/** Where do random numbers come from that are the same for the same seed? */

/** Uniform numbers in [0, 1). */
export type Uniform = () => number

/**
 * A generator that gives the same numbers for the same seed on every machine: mulberry32 (Tommy Ettinger, public domain).
 * Good for sampling tokens; not for secrets.
 */
export function seedUniform(seed: number): Uniform {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
