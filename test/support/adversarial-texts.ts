/** Which texts are hard for an index: periodic ones, those without repeats, every byte, and lengths at the edges of its blocks. */

/** Texts of one index, by what is hard about them. */
export interface AdversarialCorpus {
  readonly name: string
  readonly texts: readonly string[]
}

/** A linear congruential generator (Numerical Recipes), the same each time. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** `length` letters out of `letters`. */
export function makeRandomText(length: number, letters: string, seed: number): string {
  const random = makeRandom(seed)
  return Array.from({ length }, () => letters[random(letters.length)]).join('')
}

function makeFibonacci(length: number): string {
  let [before, word] = ['a', 'ab']
  while (word.length < length) [before, word] = [word, word + before]
  return word.slice(0, length)
}

/** Each word of `order` letters once, around the end: the Lyndon words whose length divides `order`, in order (Fredricksen, Maiorana). */
function makeDeBruijn(letters: string, order: number): string {
  const word: number[] = new Array(order + 1).fill(0)
  let text = ''
  const extend = (at: number, period: number): void => {
    if (at > order) {
      if (order % period !== 0) return
      for (let place = 1; place <= period; place++) text += letters[word[place]]
      return
    }
    word[at] = word[at - period]
    extend(at + 1, period)
    for (let letter = word[at - period] + 1; letter < letters.length; letter++) {
      word[at] = letter
      extend(at + 1, at)
    }
  }
  extend(1, 1)
  return text
}

/** Characters with every byte that UTF-8 has, and all of ASCII. */
function makeEveryByte(): string {
  const codes = Array.from({ length: 0x800 }, (_, code) => code)
  const leads = Array.from({ length: 16 }, (_, lead) => (lead << 12) | 0xfff).filter((code) => code >> 11 !== 0x1b)
  const planes = [0x10000, 0x3ffff, 0x40000, 0x7ffff, 0x80000, 0xbffff, 0xc0000, 0xfffff, 0x100000, 0x10ffff]
  return [...codes, ...leads, ...planes].map((code) => String.fromCodePoint(code)).join('')
}

const edges = [64, 128, 256, 512, 1024, 4096, 16_384, 65_536]
/** 128 letters, of one byte and of two. */
const manyLetters = Array.from({ length: 128 }, (_, at) => String.fromCharCode(0x40 + at)).join('')

export const adversarialCorpora: readonly AdversarialCorpus[] = [
  { name: 'all equal', texts: ['a'.repeat(2000), 'a', 'a'.repeat(777)] },
  { name: 'all zero', texts: ['\0'.repeat(1000), '', '\0'] },
  { name: 'Fibonacci words', texts: [makeFibonacci(1597), makeFibonacci(1596), makeFibonacci(1598)] },
  { name: 'de Bruijn of two letters', texts: [makeDeBruijn('ab', 11)] },
  { name: 'de Bruijn of four letters', texts: [makeDeBruijn('abcd', 5), makeDeBruijn('dcba', 4)] },
  { name: 'two letters in turn', texts: ['ab'.repeat(1000), 'ba'.repeat(500), `${'ab'.repeat(300)}a`] },
  { name: 'every byte of UTF-8', texts: [makeEveryByte(), [...makeEveryByte()].reverse().join('')] },
  { name: 'one letter at random lengths', texts: [5, 0, 63, 1, 64, 300].map((length) => 'z'.repeat(length)) },
  { name: 'two random letters', texts: [makeRandomText(3000, 'ab', 1), makeRandomText(50, 'ba', 2)] },
  { name: 'four random letters', texts: [makeRandomText(3000, 'abcd', 3), makeRandomText(500, 'dcba', 4)] },
  { name: '128 random letters', texts: [makeRandomText(3000, manyLetters, 5), makeRandomText(70, manyLetters, 6)] },
  // Rows are symbols and one more a document, so the edge lies within these lengths however it is counted.
  ...edges.flatMap((edge) =>
    [edge - 2, edge - 1, edge, edge + 1].map((length) => ({
      name: `${length} letters`,
      texts: [makeRandomText(length, 'abcd', length)],
    })),
  ),
]
