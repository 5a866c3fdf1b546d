/** Who rolls the dice of a verification rule? A seeded generator in a decoder; an enumerator of all outcomes in a proof. */
import type { Uniform } from '../../core/seed-uniform.js'
import type { Distribution } from './arithmetic.js'

export interface Chooser<T> {
  /** True with this probability, clamped to 0..1. */
  accept(probability: T): boolean
  /** A token with probability proportional to its weight; a token of weight zero is never drawn. */
  draw(weights: Distribution<T>): number
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
