/** How does a person hand over a file? By dropping it, or by choosing it. */
import { useState } from 'preact/hooks'

interface FileDropProps {
  readonly label: string
  readonly hint: string
  /** As the `accept` of an input: `.jsonl,.csv`. */
  readonly accept: string
  readonly take: (file: File) => void
}

export function FileDrop({ label, hint, accept, take }: FileDropProps) {
  const [isOver, setOver] = useState(false)
  return (
    <label
      class={isOver ? 'file-drop is-over' : 'file-drop'}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        const file = event.dataTransfer?.files[0]
        if (file) take(file)
      }}
    >
      <strong>{label}</strong>
      <span class="hint">{hint}</span>
      <input
        type="file"
        accept={accept}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0]
          if (file) take(file)
          // The same file can be chosen again after it was changed.
          event.currentTarget.value = ''
        }}
      />
    </label>
  )
}
