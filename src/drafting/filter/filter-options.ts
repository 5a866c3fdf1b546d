/** With which parameters does superposed decoding run? Those of the released code, by name (Shen et al. 2024, arXiv:2405.18400). */

/** How the model's probability and the n-grams' are joined. */
export type Smoothing = 'geometric' | 'ngram-only' | 'none'

export interface FilterOptions {
  readonly smoothing: Smoothing
  /** Exponent of the n-gram probability; the model's has 1 − alpha. */
  readonly alpha: number
  /** Temperature of the model's softmax. */
  readonly temperature: number
  /** Weights of the orders from 2 on; they need not sum to one. */
  readonly orderWeights: readonly number[]
  /** Natural logarithm that a draft without any n-gram loses in place of its n-gram term. */
  readonly penalty: number
}

export interface SuperposedOptions extends FilterOptions {
  /** k: drafts in flight. */
  readonly drafts: number
  /** Tokens of the model's distribution that are considered at a step; about three a draft. */
  readonly candidates: number
  /**
   * How the first tokens are ranked: by the model alone (the paper), or by the joined score (the released code).
   */
  readonly firstStep: 'model' | 'joined'
  /** A draft that ends in this token is finished; null when nothing ends a draft. */
  readonly endToken: number | null
}

const orderWeights = [0.01, 0.04, 0.15, 0.18, 0.12]

const published = {
  smoothing: 'geometric',
  temperature: 0.06,
  orderWeights,
  penalty: 200,
  firstStep: 'model',
  endToken: null,
} as const satisfies Partial<SuperposedOptions>

/** `p15_d3`: prefixes of 15 tokens, 3 drafts. `g5` and so on: lengths of 5, 15 and 20 generated tokens. */
export const superposedPresets = {
  p15_d3: { ...published, alpha: 0.54, drafts: 3, candidates: 9 },
  p15_d2: { ...published, alpha: 0.62, drafts: 2, candidates: 6 },
  p15_d4: { ...published, alpha: 0.52, drafts: 4, candidates: 12 },
  p15_d5: { ...published, alpha: 0.6, drafts: 5, candidates: 15 },
  p15_d6: { ...published, alpha: 0.52, drafts: 6, candidates: 18 },
  p15_d10: { ...published, alpha: 0.54, temperature: 0.12, drafts: 10, candidates: 30 },
  p5_d3: { ...published, alpha: 0.34, temperature: 0.12, drafts: 3, candidates: 15 },
  p25_d3: { ...published, alpha: 0.5, temperature: 0.12, drafts: 3, candidates: 15 },
  p40_d3: { ...published, alpha: 0.55, temperature: 0.1, drafts: 3, candidates: 9 },
  g5_d3: { ...published, alpha: 0.52, drafts: 3, candidates: 15 },
  g15_d3: { ...published, alpha: 0.48, drafts: 3, candidates: 15 },
  g20_d3: { ...published, alpha: 0.5, temperature: 0.04, drafts: 3, candidates: 15 },
  p15_d3_ngram4: {
    ...published,
    alpha: 0.55,
    temperature: 0.1,
    drafts: 3,
    candidates: 9,
    orderWeights: orderWeights.slice(0, 3),
  },
} as const satisfies Record<string, SuperposedOptions>

export type SuperposedPreset = keyof typeof superposedPresets
