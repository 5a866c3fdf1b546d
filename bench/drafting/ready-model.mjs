/** How is decoding measured without the reading of its prompt? With a model whose sessions have read it already. */

/** The model, its sessions beginning behind a prompt that was read once. */
export async function prepareModel(model, prompt) {
  const { vocabulary, contextLength, beginToken, endToken } = model
  const read = model.startSession()
  if (prompt.length > 1) await read.read(prompt.subarray(0, -1))
  const startSession = () => {
    const session = read.fork()
    let isRead = false
    return new Proxy(session, {
      get(target, name) {
        const value = target[name]
        if (typeof value !== 'function') return value
        if (name !== 'read') return value.bind(target)
        return (tokens) => {
          if (isRead) return target.read(tokens)
          isRead = true
          // A speculative decoder reads all but the last token first, a plain one all.
          return tokens.length < prompt.length ? Promise.resolve(new Float32Array()) : target.read(tokens.subarray(-1))
        }
      },
    })
  }
  return { vocabulary, contextLength, beginToken, endToken, startSession }
}
