/** Which indexes has the visitor made in this page, or in one before? The module for it is loaded with the first file. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { isAnythingKept } from '../../../src/browser/kept-folder.ts'
import { announce } from '../components/announce.ts'
import { saveFile } from '../components/save-file.ts'
import type { DamagedIndex, OwnIndex } from '../local/page-indexes.ts'
import { Problem, toProblem } from '../server/problem.ts'
import { isStatic } from '../server/site.ts'

/** A build that is under way. */
export interface OwnBuild {
  readonly fileName: string
  readonly phase: string
  readonly share: number
}

export interface OwnIndexes {
  readonly list: readonly OwnIndex[]
  /** Kept, and not to be opened. */
  readonly damaged: readonly DamagedIndex[]
  /** Once what is kept of visits before is in the list. */
  readonly isComplete: boolean
  readonly build: OwnBuild | null
  readonly problem: Problem | null
  /** Brings what is kept of visits before into the list, the first time that it is called; `taken` are the names of the others. */
  readonly openKept: (taken: readonly string[]) => void
  /** Makes an index of the files. */
  readonly add: (files: readonly File[]) => void
  readonly abort: () => void
  readonly save: (index: OwnIndex) => void
  /** Takes indexes out of the page, and off the disk of the browser. */
  readonly remove: (names: readonly string[]) => void
  readonly removeDamaged: (keptName: string) => void
}

interface Held {
  readonly list: readonly OwnIndex[]
  readonly damaged: readonly DamagedIndex[]
  readonly isComplete: boolean
}

/** It outlives the component: one comes back to the page, and its indexes are there. */
let held: Held = { list: [], damaged: [], isComplete: false }
let isOpening = false
/** Told of each change. */
const listeners = new Set<() => void>()

function change(part: Partial<Held>): void {
  held = { ...held, ...part }
  for (const listener of listeners) listener()
}

function changeIndex(name: string, part: Partial<OwnIndex>): void {
  change({ list: held.list.map((index) => (index.name === name ? { ...index, ...part } : index)) })
}

/** The parts of the page that hold indexes. */
async function loadModule() {
  const module = await import('../local/page-indexes.ts')
  if (!isStatic) (await import('../local/own-asker.ts')).placeOwnAsker()
  return module
}

async function openKept(taken: readonly string[]): Promise<void> {
  if (await isAnythingKept()) {
    const { openKeptIndexes } = await loadModule()
    const { indexes, damaged } = await openKeptIndexes(taken)
    change({ list: [...indexes, ...held.list], damaged })
  }
  change({ isComplete: true })
}

/** `choose` is told the name of each new index; `listTaken` tells the names of the others, as they are when one is made. */
export function useOwnIndexes(listTaken: () => readonly string[], choose: (name: string) => void): OwnIndexes {
  const [{ list, damaged, isComplete }, setHeld] = useState(held)
  const [build, setBuild] = useState<OwnBuild | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const controller = useRef<AbortController | null>(null)
  useEffect(() => {
    const follow = () => setHeld(held)
    listeners.add(follow)
    follow()
    return () => {
      listeners.delete(follow)
      controller.current?.abort()
    }
  }, [])
  /** What goes wrong with what is kept is told, and the list is complete all the same. */
  const tell = (error: unknown) => {
    setProblem(toProblem(error))
    change({ isComplete: true })
  }

  const add = async (files: readonly File[]) => {
    if (files.length === 0 || controller.current !== null) return
    const current = new AbortController()
    controller.current = current
    const fileName = files.length === 1 ? files[0].name : `${files.length} files`
    setProblem(null)
    setBuild({ fileName, phase: 'start', share: 0 })
    try {
      const { addOwnIndex, keepOwnIndex } = await loadModule()
      const onProgress = (phase: string, share: number) => setBuild({ fileName, phase, share })
      const index = await addOwnIndex(files, listTaken(), { onProgress, signal: current.signal })
      change({ list: [...held.list, index] })
      choose(index.name)
      announce(`${index.name} is indexed`)
      keepOwnIndex(index).then((keeping) => finishKeeping(index.name, keeping))
    } catch (error) {
      if (current.signal.aborted) announce('The index was not made')
      else setProblem(toProblem(error))
    } finally {
      controller.current = null
      setBuild(null)
    }
  }
  const remove = async (names: readonly string[]) => {
    const removed = held.list.filter(({ name }) => names.includes(name))
    change({ list: held.list.filter((index) => !removed.includes(index)) })
    const { removeOwnIndex } = await loadModule()
    await Promise.all(removed.map(removeOwnIndex)).catch(tell)
  }
  const removeDamaged = async (keptName: string) => {
    change({ damaged: held.damaged.filter((index) => index.keptName !== keptName) })
    const { removeKeptIndex } = await loadModule()
    await removeKeptIndex(keptName).catch(tell)
  }
  return {
    list,
    damaged,
    isComplete,
    build,
    problem,
    openKept(taken) {
      if (!isOpening) openKept(taken).catch(tell)
      isOpening = true
    },
    add,
    abort: () => controller.current?.abort(),
    save: ({ name, file }) => saveShard(name, file).catch(tell),
    remove,
    removeDamaged,
  }
}

async function finishKeeping(name: string, keeping: OwnIndex['keeping']): Promise<void> {
  if (held.list.some((index) => index.name === name)) changeIndex(name, { keeping })
  else if (keeping.state === 'kept') {
    // It was taken away while it was written.
    const { removeKeptIndex } = await loadModule()
    await removeKeptIndex(keeping.name)
  }
  if (keeping.state === 'refused') announce(`${name} is in this page alone: ${keeping.reason}`, true)
}

async function saveShard(name: string, file: Blob): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer()
  } catch {
    const detail = `${name} was removed from this browser in another window.`
    throw new Problem('The index can’t be saved.', detail, 'It can be searched here until this page is closed.')
  }
  saveFile(file, `${name}.fm`)
}
