/** Which keys are there? */
import { Dialog } from '../components/dialog.tsx'
import type { PageKeys } from './page-keys.ts'

export function KeysDialog({ keys, close }: { keys: PageKeys; close: () => void }) {
  return (
    <Dialog title="Keys" close={close}>
      <dl class="keys">
        {keys.keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">{keys.note}</p>
    </Dialog>
  )
}
