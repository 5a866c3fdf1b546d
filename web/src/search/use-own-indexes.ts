/** Which indexes has the visitor made in this page, and how is one made? The module for it is loaded with the first file. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { announce } from '../components/announce.ts'
import type { OwnIndex } from '../local/page-indexes.ts'
import { type Problem, toProblem } from '../server/problem.ts'
import { isStatic } from '../server/site.ts'

/** A build that is under way. */
export interface OwnBuild {
  readonly fileName: string
  readonly phase: string
  readonly share: number
}

export interface OwnIndexes {
  readonly list: readonly OwnIndex[]
  readonly build: OwnBuild | null
  readonly problem: Problem | null
  /** Makes an index of the files. */
  readonly add: (files: readonly File[]) => void
  readonly abort: () => void
  readonly remove: (name: string) => void
}

/** The list outlives the component: one comes back to the page, and its indexes are there. */
let held: readonly OwnIndex[] = []

/** `choose` is told the name of each new index; `listTaken` tells the names of the others, as they are when one is made. */
export function useOwnIndexes(listTaken: () => readonly string[], choose: (name: string) => void): OwnIndexes {
  const [list, setList] = useState(held)
  const [build, setBuild] = useState<OwnBuild | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const controller = useRef<AbortController | null>(null)
  const change = (next: readonly OwnIndex[]) => {
    held = next
    setList(next)
  }
  useEffect(() => () => controller.current?.abort(), [])

  const add = async (files: readonly File[]) => {
    if (files.length === 0 || controller.current !== null) return
    const current = new AbortController()
    controller.current = current
    const fileName = files.length === 1 ? files[0].name : `${files.length} files`
    setProblem(null)
    setBuild({ fileName, phase: 'start', share: 0 })
    try {
      const { addOwnIndex } = await import('../local/page-indexes.ts')
      if (!isStatic) (await import('../local/own-asker.ts')).placeOwnAsker()
      const onProgress = (phase: string, share: number) => setBuild({ fileName, phase, share })
      const index = await addOwnIndex(files, listTaken(), { onProgress, signal: current.signal })
      change([...held, index])
      choose(index.name)
      announce(`${index.name} is indexed`)
    } catch (error) {
      if (current.signal.aborted) announce('The index was not made')
      else setProblem(toProblem(error))
    } finally {
      controller.current = null
      setBuild(null)
    }
  }
  const remove = async (name: string) => {
    change(held.filter((index) => index.name !== name))
    const { removeOwnIndex } = await import('../local/page-indexes.ts')
    await removeOwnIndex(name)
  }
  return { list, build, problem, add, abort: () => controller.current?.abort(), remove }
}
