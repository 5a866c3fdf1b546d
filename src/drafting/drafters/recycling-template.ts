/** Which shape has the published tree of token recycling? 80 nodes: 8, 21, 25, 15, 8 and 3 by level (arXiv:2408.08696, released code). */

const levels = [
  '0 1 2 3 4 5 6 7',
  '00 01 02 03 04 05 06 07 10 11 12 13 20 21 22 30 31 40 50 60 70',
  '000 001 002 003 004 005 006 007 010 011 012 020 021 030 040 050 060 070 100 101 110 200 300 400 500',
  '0000 0001 0002 0003 0004 0010 0011 0020 0030 0040 0100 0200 1000 2000 3000',
  '00000 00001 00002 00010 00020 00100 01000 10000',
  '000000 000001 000100',
]

/** Paths of ranks, level by level: `'01'` is the second likeliest successor of the likeliest successor. */
export const recyclingTemplate: readonly string[] = levels.flatMap((level) => level.split(' '))
