/** Where in a text that the page holds does the question match, by the rules that the index has? */
import type { TextSpan } from '../components/text-spans.ts'
import { groupTerms, type Query } from './query.ts'

/** White space as the index declares it: the property White_Space of Unicode. */
const whiteSpace = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const edges = new RegExp(`^(${whiteSpace}*)(.*?)(${whiteSpace}*)$`, 'su')

/** Marks of a document that is shown at most: more help nobody. */
const maxMatches = 2_000

/** An expression for a pattern; `i` and `u` together compare by simple case folding, as the index does. */
function makeExpression(pattern: string, { ignoreCase, flexibleSpace }: Query): RegExp {
  const [, lead = '', inner = '', tail = ''] = edges.exec(pattern) ?? []
  const words = flexibleSpace ? inner.split(new RegExp(`${whiteSpace}+`, 'u')) : [inner]
  return new RegExp(
    quoteText(lead) + words.map(quoteText).join(`${whiteSpace}+`) + quoteText(tail),
    ignoreCase ? 'giu' : 'gu',
  )
}

function quoteText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

/** Places of the pattern and of the terms that a document has to or may hold, in UTF-16 units, one after the other. */
export function findMatches(text: string, query: Query): TextSpan[] {
  const { all, any } = groupTerms(query)
  const spans: TextSpan[] = []
  for (const pattern of [...all, ...any]) {
    const expression = makeExpression(pattern, query)
    for (let match = expression.exec(text); match && spans.length < maxMatches; match = expression.exec(text)) {
      spans.push({ start: match.index, end: match.index + match[0].length })
      // Overlapping occurrences all count, so the next one may begin inside this one.
      expression.lastIndex = match.index + (text.codePointAt(match.index)! > 0xffff ? 2 : 1)
    }
  }
  return spans.sort((a, b) => a.start - b.start)
}
