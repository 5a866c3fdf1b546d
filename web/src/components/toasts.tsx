/** Where do announcements appear? */
import { useEffect, useState } from 'preact/hooks'
import type { Announcement } from './announce.ts'

const shownMs = 3_000

export function Toasts() {
  const [shown, setShown] = useState<Announcement | null>(null)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = (event: Event) => {
      setShown((event as CustomEvent<Announcement>).detail)
      clearTimeout(timer)
      timer = setTimeout(() => setShown(null), shownMs)
    }
    addEventListener('omnigram:announce', show)
    return () => {
      removeEventListener('omnigram:announce', show)
      clearTimeout(timer)
    }
  }, [])
  // The region is there before its words are, or they are not read out.
  return (
    <div class="toasts" role="status">
      {shown && <p class={shown.isFailure ? 'toast is-failure' : 'toast'}>{shown.text}</p>}
    </div>
  )
}
