/** Which numbers does a verification rule compute with? Doubles in a decoder; exact fractions where its law is proved. */

/** An ordered field. */
export interface Arithmetic<T> {
  readonly zero: T
  readonly one: T
  add(a: T, b: T): T
  subtract(a: T, b: T): T
  multiply(a: T, b: T): T
  /** `b` is not zero. */
  divide(a: T, b: T): T
  isLess(a: T, b: T): boolean
}

export const doubles: Arithmetic<number> = {
  zero: 0,
  one: 1,
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  isLess: (a, b) => a < b,
}

/** Probabilities by token id. They need not sum to one exactly: every rule normalises what it draws from. */
export type Distribution<T> = ArrayLike<T>

export function smallerOf<T>(arithmetic: Arithmetic<T>, a: T, b: T): T {
  return arithmetic.isLess(b, a) ? b : a
}

/** The probability of a token; zero for an id outside the distribution. */
export function at<T>(values: ArrayLike<T>, token: number, arithmetic: Arithmetic<T>): T {
  return values[token] ?? arithmetic.zero
}
