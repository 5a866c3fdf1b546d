/** What do the views and categories of a report mean, in words? */

export const viewLabels: Readonly<Record<string, string>> = {
  'exact': 'Exact',
  'ignore-case': 'Ignore case',
  'flexible-space': 'Flexible space',
  'ignore-case-flexible-space': 'Ignore case and space',
}

export const viewHints: Readonly<Record<string, string>> = {
  'exact': 'Byte for byte, as in the paper.',
  'ignore-case': 'Sees a copy in other letter case.',
  'flexible-space': 'Sees a copy that was wrapped in another way.',
  'ignore-case-flexible-space': 'Sees both.',
}

export const categoryLabels: Readonly<Record<number, string>> = {
  1: 'question and answer',
  2: 'question, answer in other words',
  3: 'question alone',
  4: 'false positive',
}
