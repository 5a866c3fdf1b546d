/** What are the exact digits of a decimal in a Parquet column? */
import { Buffer } from 'node:buffer'
import type { FileMetaData } from 'hyparquet'

/** A column's unscaled integers, to be read by {@link formatDecimal}. */
export type DecimalScales = ReadonlyMap<string, number>

/**
 * Makes the decimals at the top level of the schema be decoded as the integers that are stored, and returns their scales
 * by column. Left alone they come as floating-point numbers, in which 0.3 is 0.30000000000000004.
 */
export function takeDecimals(metadata: FileMetaData): DecimalScales {
  const scales = new Map<string, number>()
  const root = metadata.schema.at(0)
  let remaining = root?.num_children ?? 0
  for (let i = 1; i < metadata.schema.length && remaining > 0; i++, remaining--) {
    const element = metadata.schema[i]
    if (element.num_children) {
      i += countDescendants(metadata, i)
    } else if (element.converted_type === 'DECIMAL' || element.logical_type?.type === 'DECIMAL') {
      scales.set(element.name, element.scale ?? 0)
      element.converted_type = undefined
      element.logical_type = undefined
    }
  }
  return scales
}

/** An unscaled integer, as number, bigint or big-endian bytes in two's complement, as a JSON number; null as null. */
export function formatDecimal(value: unknown, scale: number): string {
  if (value === null || value === undefined) return 'null'
  const unscaled = value instanceof Uint8Array ? readInteger(value) : BigInt(value as number | bigint)
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function readInteger(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
}

/** Elements below the one at `index`: the schema is a tree in depth-first order. */
function countDescendants({ schema }: FileMetaData, index: number): number {
  let count = 0
  for (let open = schema[index].num_children ?? 0; open > 0 && index + count + 1 < schema.length; open--) {
    count++
    open += schema[index + count].num_children ?? 0
  }
  return count
}
