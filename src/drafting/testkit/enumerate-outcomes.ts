/** What can a random procedure answer, and how likely is each answer, exactly? It is run once for every way its dice can fall. */
import type { Chooser } from '../verification/chooser.js'
import { type Fraction, fractions } from './fraction.js'

interface Roll {
  readonly faces: readonly { readonly outcome: number; readonly probability: Fraction }[]
  face: number
}

/** Every outcome of `procedure` with its probability; the probabilities sum to one. */
export function enumerateOutcomes<R>(
  procedure: (chooser: Chooser<Fraction>) => R,
): { result: R; probability: Fraction }[] {
  const outcomes: { result: R; probability: Fraction }[] = []
  const rolls: Roll[] = []
  do {
    let depth = 0
    const roll = (faces: Roll['faces']): number => {
      const known = rolls[depth++]
      if (known !== undefined) return known.faces[known.face]?.outcome ?? 0
      rolls.push({ faces, face: 0 })
      return faces[0]?.outcome ?? 0
    }
    const result = procedure({
      accept: (probability) => roll(acceptFaces(probability)) === 1,
      draw: (weights) => roll(drawFaces(Array.from(weights))),
    })
    const probability = rolls.reduce(
      (product, { faces, face }) => fractions.multiply(product, faces[face]?.probability ?? fractions.zero),
      fractions.one,
    )
    outcomes.push({ result, probability })
  } while (advance(rolls))
  return outcomes
}

/** The law of a procedure that answers a token: the probability of each. */
export function findLaw(tokens: number, procedure: (chooser: Chooser<Fraction>) => number): Fraction[] {
  const law: Fraction[] = new Array(tokens).fill(fractions.zero)
  for (const { result, probability } of enumerateOutcomes(procedure)) {
    law[result] = fractions.add(law[result] ?? fractions.zero, probability)
  }
  return law
}

/** The probability that a procedure answers true. */
export function findProbability(procedure: (chooser: Chooser<Fraction>) => boolean): Fraction {
  return enumerateOutcomes(procedure)
    .filter(({ result }) => result)
    .reduce((sum, { probability }) => fractions.add(sum, probability), fractions.zero)
}

/** The last die that can still fall otherwise shows its next face; the dice after it are rolled anew. */
function advance(rolls: Roll[]): boolean {
  for (let roll = rolls.pop(); roll !== undefined; roll = rolls.pop()) {
    if (roll.face + 1 < roll.faces.length) {
      rolls.push({ faces: roll.faces, face: roll.face + 1 })
      return true
    }
  }
  return false
}

function acceptFaces(probability: Fraction): Roll['faces'] {
  const faces = [
    { outcome: 1, probability },
    { outcome: 0, probability: fractions.subtract(fractions.one, probability) },
  ]
  return faces.filter((face) => fractions.isLess(fractions.zero, face.probability))
}

function drawFaces(weights: readonly Fraction[]): Roll['faces'] {
  const total = weights.reduce(fractions.add, fractions.zero)
  if (!fractions.isLess(fractions.zero, total)) throw new RangeError('There is nothing to draw from.')
  return weights
    .map((weight, outcome) => ({ outcome, probability: fractions.divide(weight, total) }))
    .filter(({ probability }) => fractions.isLess(fractions.zero, probability))
}
