/** What is missing before the server can write, and how is it set up? */
import type { ModelAnswer } from './answers.ts'

export function ModelLack({ answer: { model, indexes } }: { readonly answer: ModelAnswer }) {
  return (
    <section class="model-lack">
      <h2>{model === null ? 'This server has no language model' : 'No index goes with the model'}</h2>
      <p>
        This page needs a model in the server, a GGUF file of the Llama family, and an index of tokens that was built
        with the tokenizer of that model:
      </p>
      <pre>
        <code>
          {'omnigram build corpus.jsonl --tokenizer tokenizer.json -o my-index\n'}
          {'omnigram serve my-index --model model.gguf'}
        </code>
      </pre>
      <p class="hint">
        In a checkout <code>node scripts/setup-test-tools.mjs</code> puts a small model with its tokenizer into{' '}
        <code>.omnigram/models</code>.
      </p>
      {model !== null && indexes.length > 0 && (
        <ul>
          {indexes.map(({ name, lack }) => (
            <li key={name}>
              <strong>{name}</strong>: {lack}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
