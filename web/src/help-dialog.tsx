/** Which keys are there? */
import { useEffect, useRef } from 'preact/hooks'

const keys: readonly [string, string][] = [
  ['/', 'go to the search box'],
  ['j  k', 'next, previous result'],
  ['Enter', 'open the result'],
  ['o', 'show more of the document'],
  ['y', 'copy a link to what is shown'],
  ['Esc', 'close, or leave the box'],
  ['?', 'this help'],
]

export function HelpDialog({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="help-title">
      <h2 id="help-title">Keys</h2>
      <dl>
        {keys.map(([key, meaning]) => (
          <>
            <dt key={key}>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </>
        ))}
      </dl>
      <p class="hint">
        The search is byte for byte: case, white space and accents count. Shift + Enter puts a line end into the
        pattern.
      </p>
      <form method="dialog">
        <button type="submit" class="chip">
          Close
        </button>
      </form>
    </dialog>
  )
}
