/** Which sources are there, and what does each import? */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Files under version control and new ones that are not ignored, as paths from the root. */
export function listFiles(...patterns: string[]): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns]
  const deleted = new Set(listLines(['ls-files', '--deleted']))
  return [...new Set(listLines(args))].filter((path) => !deleted.has(path)).sort()
}

function listLines(args: string[]): string[] {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean)
}

export function readSource(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** Whether a file is only there for tests: their rules are looser. */
export function isTestCode(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || path.includes('/testkit/')
}

/** Modules that a file imports, types and lazy imports included; relative ones as paths of sources from the root. */
export function listImports(path: string): string[] {
  const { importedFiles } = ts.preProcessFile(readSource(path), true, true)
  return importedFiles.map(({ fileName }) => resolveImport(path, fileName))
}

/** Modules that must be there before a file can run, and those it has types of; not those that it loads when they are needed. */
export function listStaticImports(path: string): string[] {
  const { statements } = ts.createSourceFile(path, readSource(path), ts.ScriptTarget.Latest)
  return statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return []
    const specifier = statement.moduleSpecifier
    return specifier !== undefined && ts.isStringLiteral(specifier) ? [resolveImport(path, specifier.text)] : []
  })
}

function resolveImport(path: string, specifier: string): string {
  return specifier.startsWith('.') ? join(dirname(path), specifier).replace(/\.js$/, '.ts') : specifier
}
