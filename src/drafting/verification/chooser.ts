/** Who rolls the dice of a verification rule? A seeded generator in a decoder; an enumerator of all outcomes in a proof. */
import type { Distribution } from './arithmetic.js'

export interface Chooser<T> {
  /** True with this probability, clamped to 0..1. */
  accept(probability: T): boolean
  /** A token with probability proportional to its weight; a token of weight zero is never drawn. */
  draw(weights: Distribution<T>): number
}

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

/** A chooser over doubles. A draw takes one pass over the weights, without copying them. */
export function randomChooser(uniform: Uniform): Chooser<number> {
  return {
    accept: (probability) => uniform() < probability,
    draw: (weights) => drawToken(weights, uniform()),
  }
}

function drawToken(weights: Distribution<number>, share: number): number {
  let total = 0
  for (let token = 0; token < weights.length; token++) total += weights[token] ?? 0
  let left = share * total
  let last = 0
  for (let token = 0; token < weights.length; token++) {
    const weight = weights[token] ?? 0
    if (weight <= 0) continue
    last = token
    left -= weight
    if (left < 0) return token
  }
  return last
}
