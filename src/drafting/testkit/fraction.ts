/** How is a law proved and not sampled? With exact fractions. */
import type { Arithmetic } from '../verification/arithmetic.js'

export class Fraction {
  readonly numerator: bigint
  /** Positive; without a common divisor with the numerator. */
  readonly denominator: bigint

  constructor(numerator: bigint, denominator = 1n) {
    const sign = denominator < 0n ? -1n : 1n
    const divisor = sign * (greatestDivisor(numerator, denominator) || 1n)
    this.numerator = numerator / divisor
    this.denominator = denominator / divisor
  }

  toString(): string {
    return this.denominator === 1n ? `${this.numerator}` : `${this.numerator}/${this.denominator}`
  }
}

/** `3/10`, `1`, `0.3`. */
export function fraction(text: string): Fraction {
  const [whole = '', part] = text.split('/')
  if (part !== undefined) return new Fraction(BigInt(whole), BigInt(part))
  const [units = '', decimals = ''] = text.split('.')
  return new Fraction(BigInt(units + decimals), 10n ** BigInt(decimals.length))
}

export const fractions: Arithmetic<Fraction> = {
  zero: new Fraction(0n),
  one: new Fraction(1n),
  add: (a, b) => new Fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator),
  subtract: (a, b) =>
    new Fraction(a.numerator * b.denominator - b.numerator * a.denominator, a.denominator * b.denominator),
  multiply: (a, b) => new Fraction(a.numerator * b.numerator, a.denominator * b.denominator),
  divide: (a, b) => new Fraction(a.numerator * b.denominator, a.denominator * b.numerator),
  isLess: (a, b) => a.numerator * b.denominator < b.numerator * a.denominator,
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [large, small] = [a < 0n ? -a : a, b < 0n ? -b : b]
  while (small > 0n) [large, small] = [small, large % small]
  return large
}
