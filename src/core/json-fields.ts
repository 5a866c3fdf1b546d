/** Has a JSON object that was read from a file the fields it should have? */
import { OmnigramError } from './errors.js'

/**
 * The fields of one JSON object; each is taken by name and checked, and `end` refuses those that nobody took. What is
 * wrong is an error of `code` that names the file and the field. Loads nothing, as every command starts by reading a manifest.
 */
export class JsonFields {
  readonly #values: Record<string, unknown>
  readonly #taken = new Set<string>()

  constructor(
    value: unknown,
    readonly file: string,
    readonly code: 'damaged-index' | 'changed-input' | 'bad-plan',
    /** Where the object stands in the file: `options`, `shards[0]`; empty for the whole. */
    readonly place = '',
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.#error('', 'is not an object')
    this.#values = value as Record<string, unknown>
  }

  /** A whole number from 0 to 2^53. */
  count(name: string): number {
    const value = this.#take(name)
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
    throw this.#error(name, 'is not a count')
  }

  text(name: string, pattern = /^/): string {
    const value = this.#take(name)
    if (typeof value === 'string' && pattern.test(value)) return value
    throw this.#error(name, 'is not the text that belongs there')
  }

  bool(name: string): boolean {
    const value = this.#take(name)
    if (typeof value === 'boolean') return value
    throw this.#error(name, 'is not true or false')
  }

  /** As {@link bool}; `fallback` when there is no such field. */
  boolOr(name: string, fallback: boolean): boolean {
    return Object.hasOwn(this.#values, name) ? this.bool(name) : fallback
  }

  /** One of the given values. */
  choice<T extends string | number>(name: string, choices: readonly T[]): T {
    const value = this.#take(name)
    const choice = choices.find((candidate) => candidate === value)
    if (choice === undefined) throw this.#error(name, `is not ${choices.join(' or ')}`)
    return choice
  }

  /** Null, or what `read` makes of the field. */
  nullable<T>(name: string, read: (name: string) => T): T | null {
    if (this.#values[name] !== null) return read(name)
    this.#taken.add(name)
    return null
  }

  /** Undefined where the field is left out, or what `read` makes of it. */
  optional<T>(name: string, read: (name: string) => T): T | undefined {
    return Object.hasOwn(this.#values, name) ? read(name) : undefined
  }

  object<T>(name: string, read: (fields: JsonFields) => T): T {
    return readFields(this.#take(name), this.file, this.code, read, this.#placeOf(name))
  }

  /** A list of objects. */
  objects<T>(name: string, read: (fields: JsonFields) => T): T[] {
    return this.#list(name).map((value, i) =>
      readFields(value, this.file, this.code, read, `${this.#placeOf(name)}[${i}]`),
    )
  }

  /** A list of strings. */
  texts(name: string): string[] {
    return this.#list(name).map((value) => {
      if (typeof value === 'string') return value
      throw this.#error(name, 'holds something that is not a string')
    })
  }

  /** An object whose values are counts. */
  counts(name: string): Record<string, number> {
    return this.object(name, (fields) =>
      Object.fromEntries(Object.keys(fields.#values).map((key) => [key, fields.count(key)])),
    )
  }

  /** Call when all fields are taken: another one means that the file is not what it seems. */
  end(): void {
    const unknown = Object.keys(this.#values).find((name) => !this.#taken.has(name))
    if (unknown !== undefined) throw this.#error(unknown, 'is a field that does not belong there')
  }

  #take(name: string): unknown {
    this.#taken.add(name)
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined
  }

  #list(name: string): unknown[] {
    const value = this.#take(name)
    if (Array.isArray(value)) return value
    throw this.#error(name, 'is not a list')
  }

  #placeOf(name: string): string {
    return [this.place, name].filter((part) => part !== '').join('.')
  }

  #error(name: string, detail: string): OmnigramError {
    const place = this.#placeOf(name)
    return new OmnigramError(this.code, `${this.file}${place === '' ? '' : `: ${place}`} ${detail}.`)
  }
}

/** What `read` makes of the fields of `value`, of which it must take all. */
export function readFields<T>(
  value: unknown,
  file: string,
  code: JsonFields['code'],
  read: (fields: JsonFields) => T,
  place?: string,
): T {
  const fields = new JsonFields(value, file, code, place)
  const result = read(fields)
  fields.end()
  return result
}
