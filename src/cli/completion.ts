/** `omnigram completion`: scripts that let the shell complete verbs and flags, from the same tables as the parser. */
import { OmnigramError } from '../core/errors.js'
import { flagTable } from './flags.js'
import { textArg, type VerbCall } from './verb.js'
import { commonFlags, verbGroups, verbs } from './verbs.js'

/** `--long` of each flag of a verb. */
function longFlags(flags: readonly (keyof typeof flagTable)[]): string[] {
  return [...flags, ...commonFlags].map((name) => /--[a-z0-9-]+/.exec(flagTable[name].flags)?.[0] ?? '')
}

interface FirstWord {
  readonly name: string
  readonly summary: string
  /** Verbs of a group, then flags: of a group those of all its verbs. */
  readonly verbs: readonly string[]
  readonly flags: readonly string[]
}

/** What may follow `omnigram`. */
function listFirstWords(): FirstWord[] {
  const single = verbs.filter(({ name }) => !name.includes(' '))
  const groups = Object.entries(verbGroups).map(([group, summary]): FirstWord => {
    const members = verbs.filter(({ name }) => name.startsWith(`${group} `))
    const flags = new Set(members.flatMap((verb) => longFlags(verb.flags)))
    return { name: group, summary, verbs: members.map(({ name }) => name.slice(group.length + 1)), flags: [...flags] }
  })
  return [
    ...single.map(({ name, summary, flags }) => ({ name, summary, verbs: [], flags: longFlags(flags) })),
    ...groups,
  ]
}

function completeBash(): string {
  const words = listFirstWords()
  const cases = words.map(({ name, verbs, flags }) => `    ${name}) words="${[...verbs, ...flags].join(' ')}" ;;`)
  return `_omnigram() {
  local current=\${COMP_WORDS[COMP_CWORD]} words="${words.map(({ name }) => name).join(' ')} help"
  [ "$COMP_CWORD" -gt 1 ] && case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}
complete -o filenames -F _omnigram omnigram`
}

function completeZsh(): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${completeBash()}`
}

function completeFish(): string {
  const lines = listFirstWords().flatMap(({ name, summary, verbs, flags }) => [
    `complete -c omnigram -n __fish_use_subcommand -a ${name} -d '${summary.replaceAll("'", "\\'")}'`,
    ...verbs.map((verb) => `complete -c omnigram -n '__fish_seen_subcommand_from ${name}' -a ${verb}`),
    ...flags.map((flag) => `complete -c omnigram -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)}`),
  ])
  return lines.join('\n')
}

const shells: Readonly<Record<string, () => string>> = { bash: completeBash, zsh: completeZsh, fish: completeFish }

export async function run(call: VerbCall): Promise<number> {
  const shell = textArg(call, 0)
  if (!Object.hasOwn(shells, shell)) {
    throw new OmnigramError('bad-argument', `${JSON.stringify(shell)} is not one of ${Object.keys(shells).join(', ')}.`)
  }
  await call.terminal.writeLine(shells[shell]())
  return 0
}
