/** Which letter stands for each byte in a byte-level tokenizer? As GPT-2 spells them: printable ones stand for themselves. */

/** By byte, 0..255. */
export function spellBytes(): string[] {
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
    return String.fromCodePoint(isPrintable ? byte : next++)
  })
}
