/** What does the command line make of the words of a sample? */
import { makeProgram } from '../../src/cli/program.js'

/** What an operator sets, by the name of the variable. */
const settings: Readonly<Record<string, string>> = {
  OMNIGRAM_STORE: 's3://bucket/corpus',
  OMNIGRAM_NATS: 'nats://broker:4222',
  OMNIGRAM_HOST: '127.0.0.1',
  OMNIGRAM_INDEX: '0',
  OMNIGRAM_SERVERS: '3',
  OMNIGRAM_MEMORY: '8G',
  JOB_COMPLETION_INDEX: '0',
  POD_NAME: 'release-shards-0',
}

export interface ParsedCommand {
  readonly verb: string
  readonly args: readonly (string | string[])[]
  readonly flags: Readonly<Record<string, unknown>>
}

/** As the program would take it; nothing is run. Throws what the parser says. */
export async function parseCommand(argv: readonly string[]): Promise<ParsedCommand> {
  let parsed: ParsedCommand | null = null
  const program = makeProgram('0', async ({ name }, args, flags) => {
    parsed = { verb: name, args, flags }
  })
  await program.parseAsync([...argv], { from: 'user' })
  if (parsed === null) throw new Error(`${argv.join(' ')} names no verb.`)
  return parsed
}

/** `${NAME}` and `$(NAME)`, as systemd and Kubernetes do. */
export function fillIn(word: string): string {
  return word.replace(/\$[{(](\w+)[})]/g, (_, name: string) => {
    const value = settings[name]
    if (value === undefined) throw new Error(`Who sets ${name}?`)
    return value
  })
}
