/** Which numbers of the table follow from the items of one benchmark in one index? */

import { wilsonInterval } from '../core/wilson-interval.js'
import type { ReportCell, ReportItem, ViewScore, ViewSummary } from './report.js'

type Score = Pick<ViewScore, 'view' | 'class' | 'eta' | 'undecided'>

/** `population`: items of the whole benchmark that have a window in the view. */
export function summarizeView(scores: readonly Score[], population: number): ViewSummary {
  const countClass = (name: ViewScore['class']) => scores.filter((score) => score.class === name).length
  const tested = scores.filter(({ eta }) => eta !== null)
  const dirty = countClass('dirty')
  return {
    view: scores[0]?.view ?? 'exact',
    items: scores.length,
    short: countClass('short'),
    clean: countClass('clean'),
    suspicious: countClass('suspicious'),
    dirty,
    population,
    undecided: scores.filter(({ undecided }) => undecided > 0).length,
    dirtyRate: tested.length === 0 ? null : dirty / tested.length,
    interval: wilsonInterval(dirty, tested.length, population),
    meanEta: tested.length === 0 ? null : tested.reduce((sum, { eta }) => sum + (eta ?? 0), 0) / tested.length,
  }
}

/** The first view, with short items that were looked for as a whole: dirty where they occur, clean where not. */
export function summarizeWhole(items: readonly ReportItem[], population: number): ViewSummary {
  const scores = items.map(({ views: [score], wholeCount }): Score => {
    if (wholeCount === null) return score
    const isDirty = wholeCount > 0
    return { ...score, class: isDirty ? 'dirty' : 'clean', eta: isDirty ? 1 : 0 }
  })
  return summarizeView(scores, population)
}

export function countCategories(
  items: readonly ReportItem[],
): Pick<ReportCell, 'categories' | 'boilerplate' | 'answers'> {
  const categories = { 1: 0, 2: 0, 3: 0, 4: 0 }
  let [boilerplate, answers] = [0, 0]
  for (const { views, evidence } of items) {
    const [first] = views
    if (evidence === null || (first.class !== 'dirty' && first.class !== 'suspicious')) continue
    if (first.class === 'dirty') categories[evidence.category.number]++
    if (evidence.boilerplate.isBoilerplate) boilerplate++
    if (evidence.answer.status === 'found') answers++
  }
  return { categories, boilerplate, answers }
}
