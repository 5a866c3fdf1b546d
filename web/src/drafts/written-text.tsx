/** Which tokens were guessed right, which did the model add, and where do the guesses come from? */

import { useState } from 'preact/hooks'
import { Chip } from '../components/chip.tsx'
import { VisibleText } from '../components/visible-text.tsx'
import type { TokensEvent, ToldToken } from './answers.ts'
import { listOrigins } from './list-origins.ts'
import { OriginList } from './origin-list.tsx'
import type { Writing } from './use-completion.ts'

export function WrittenText({ writing }: { readonly writing: Writing }) {
  const { prompt, passes, task, index } = writing
  const [areRejectedShown, setRejectedShown] = useState(true)
  const isSpeculative = task.mode === 'speculative'
  return (
    <>
      {isSpeculative && (
        <p class="legend">
          <span class="accepted">drafted and accepted</span> <span>the model’s own</span>{' '}
          {areRejectedShown && <del>drafted and rejected</del>}
          <Chip isOn={areRejectedShown} toggle={() => setRejectedShown(!areRejectedShown)}>
            Rejected drafts
          </Chip>
        </p>
      )}
      <p class="text">
        <span class="prompt-end">
          <Tokens tokens={prompt} />
        </span>
        {passes.map((pass) => (
          <Pass key={pass.pass} pass={pass} hasRejected={areRejectedShown} />
        ))}
      </p>
      {isSpeculative && <OriginList origins={listOrigins(prompt, passes)} index={index} />}
    </>
  )
}

function Pass({ pass: { tokens, rejected, origin, pass }, hasRejected }: { pass: TokensEvent; hasRejected: boolean }) {
  const accepted = tokens.filter(({ isAccepted }) => isAccepted)
  const own = tokens.filter(({ isAccepted }) => !isAccepted)
  return (
    <>
      {accepted.length > 0 &&
        (origin ? (
          <a class="accepted" href={`#origin-${pass}`} title="Where it comes from">
            <Tokens tokens={accepted} />
          </a>
        ) : (
          <span class="accepted">
            <Tokens tokens={accepted} />
          </span>
        ))}
      {hasRejected &&
        rejected.map(({ id, text }) => (
          <del key={id}>
            <VisibleText text={text ?? `#${id}`} />
          </del>
        ))}
      <Tokens tokens={own} />
    </>
  )
}

function Tokens({ tokens }: { readonly tokens: readonly ToldToken[] }) {
  return <VisibleText text={tokens.map(({ text }) => text ?? '\ufffd').join('')} keepLines />
}
