/** How do the tables of verbs and flags become a parser and its help? */
import { Argument, Command, Option } from 'commander'
import type { FlagDefinition } from './flag-parsers.js'
import { type FlagName, flagTable } from './flags.js'
import type { VerbDefinition } from './verb.js'
import { commonFlags, verbGroups, verbs } from './verbs.js'

export type CallVerb = (verb: VerbDefinition, args: VerbArgs, flags: Record<string, unknown>) => Promise<void>
export type VerbArgs = (string | string[])[]

function makeOption(name: FlagName): Option {
  const definition: FlagDefinition = flagTable[name]
  const option = new Option(definition.flags, definition.description)
  if (definition.choices) option.choices([...definition.choices])
  if (definition.parse) option.argParser(definition.parse)
  if (definition.fallback !== undefined) option.default(definition.fallback)
  return option
}

/** The parser of the command line; `call` runs the verb that was asked for. Parsing errors are thrown as CommanderError, unprinted. */
export function makeProgram(version: string, call: CallVerb): Command {
  const program = new Command('omnigram')
    .description('Exact n-gram and full-text search over the corpora that language models are trained on.')
    .version(version)
    .exitOverride()
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', '\n`omnigram help VERB` says more and has examples.')
  const groups = new Map(
    Object.entries(verbGroups).map(([name, summary]) => [name, program.command(name).summary(summary).exitOverride()]),
  )
  for (const verb of verbs) {
    const [first, second] = verb.name.split(' ')
    // A verb may have verbs of its own, which have flags of the same names.
    const group = groups.get(first) ?? program.commands.find((known) => known.name() === first) ?? program
    const command = second === undefined ? program.command(first) : group.enablePositionalOptions().command(second)
    command.summary(verb.summary).description(verb.summary).exitOverride()
    for (const arg of verb.args.split(' ').filter((name) => name !== '')) command.addArgument(new Argument(arg))
    for (const name of [...verb.flags, ...commonFlags]) command.addOption(makeOption(name))
    command.addHelpText('after', `\nExamples:\n  ${verb.examples.join('\n  ')}`)
    command.action(async (...parsed: unknown[]) => {
      await call(verb, parsed.slice(0, -2) as VerbArgs, command.opts())
    })
  }
  return program
}
