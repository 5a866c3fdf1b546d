/** What do the keys do on the bulletin? */
import { useEffect } from 'preact/hooks'
import { copyText } from '../components/announce.ts'
import { isPageKey, type PageKeys, usePageKeys } from '../shell/page-keys.ts'

const bulletinKeys: PageKeys = {
  keys: [
    ['/', 'go to the filter'],
    ['y', 'copy a link to what is shown'],
    ['Esc', 'close what is open, or the note of a number'],
    ['?', 'this help'],
  ],
  note: 'Tab goes from number to number and shows what there is to know of each; Enter opens its items.',
}

export function useBulletinKeys(): void {
  usePageKeys(bulletinKeys)
  useEffect(() => {
    const act = (event: KeyboardEvent) => {
      if (!isPageKey(event)) return
      if (event.key === 'y') copyText(location.href, 'Link')
      if (event.key !== '/') return
      event.preventDefault()
      document.querySelector<HTMLInputElement>('.filter input')?.focus()
    }
    addEventListener('keydown', act)
    return () => removeEventListener('keydown', act)
  }, [])
}
