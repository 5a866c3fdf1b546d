//! How are groups read on a processor without `pdep`, and at the end of a section?

use super::bytes::u64_at;
use super::group::{GROUP_HEADER_BYTES, Group};
use super::kernel::Kernel;

/// The primitives in plain Rust. When `CHECKED`, each access is checked, so no group is unsafe to read; bytes past the
/// section's end read as zero.
#[derive(Debug, Clone, Copy)]
pub(super) struct Portable<const CHECKED: bool>;

impl<const CHECKED: bool> Kernel for Portable<CHECKED> {
    #[inline(always)]
    fn deposit(self, value: u64, mask: u64) -> u64 {
        if value == 0 {
            return 0;
        }
        let befores = ones_before_bytes(mask);
        // Eight steps that do not wait for each other; a loop would not be unrolled.
        let byte = |shift: u32| {
            let row = DEPOSITS.rows[usize::from((mask >> shift) as u8)];
            let taken = (value >> (befores >> shift & 0x3F)) as usize & usize::from(row.mask);
            u64::from(DEPOSITS.values[(usize::from(row.start) + taken) % DEPOSIT_VALUES]) << shift
        };
        byte(0) | byte(8) | byte(16) | byte(24) | byte(32) | byte(40) | byte(48) | byte(56)
    }

    #[inline(always)]
    fn place_bytes(self, packed: u64, map: u64) -> u64 {
        let (spread, shifts) = PLACES[map as usize % 256];
        let byte = |shift: u32| (packed >> (shifts >> shift & 0x3F) & 0xFF) << shift;
        spread & (byte(0) | byte(8) | byte(16) | byte(24) | byte(32) | byte(40) | byte(48) | byte(56))
    }

    #[inline(always)]
    unsafe fn word(self, group: &Group, offset: usize) -> u64 {
        if CHECKED {
            return u64_at(group.bytes, offset);
        }
        // SAFETY: the caller promises that 8 bytes are there.
        u64::from_le(unsafe { group.bytes.as_ptr().add(offset).cast::<u64>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn find_symbol(self, group: &Group, symbol: u8) -> Option<usize> {
        let symbols = group.bytes.get(GROUP_HEADER_BYTES..)?;
        symbols.iter().take(group.header.symbol_count).position(|&found| found == symbol)
    }
}

/// For each byte of `mask`, the set bits in the bytes below it.
#[inline(always)]
fn ones_before_bytes(mask: u64) -> u64 {
    let pairs = mask - (mask >> 1 & 0x5555_5555_5555_5555);
    let nibbles = (pairs & 0x3333_3333_3333_3333) + (pairs >> 2 & 0x3333_3333_3333_3333);
    let bytes = (nibbles + (nibbles >> 4)) & 0x0F0F_0F0F_0F0F_0F0F;
    bytes.wrapping_mul(0x0101_0101_0101_0101) << 8
}

/// The values for one mask of eight bits.
#[derive(Clone, Copy)]
struct Row {
    start: u16,
    /// As many low bits as the mask has.
    mask: u16,
}

/// A mask of k bits has 2^k values, 3^8 = 6,561 in all; up to a power of two, so that no index needs a check.
const DEPOSIT_VALUES: usize = 8192;

/// `values[rows[mask].start + value]` is `value` deposited in the byte `mask`. Fits the first-level cache.
struct Deposits {
    rows: [Row; 256],
    values: [u8; DEPOSIT_VALUES],
}

static DEPOSITS: Deposits = tabulate_deposits();

const fn tabulate_deposits() -> Deposits {
    let mut table = Deposits { rows: [Row { start: 0, mask: 0 }; 256], values: [0; DEPOSIT_VALUES] };
    let (mut mask, mut at) = (0usize, 0usize);
    while mask < 256 {
        let values = 1 << mask.count_ones();
        table.rows[mask] = Row { start: at as u16, mask: values as u16 - 1 };
        let mut value = 0usize;
        while value < values {
            let (mut bit, mut left, mut deposited) = (0, value, 0);
            while bit < 8 {
                if mask >> bit & 1 == 1 {
                    deposited |= (left & 1) << bit;
                    left >>= 1;
                }
                bit += 1;
            }
            table.values[at] = deposited as u8;
            at += 1;
            value += 1;
        }
        mask += 1;
    }
    table
}

/// For each map: a byte of ones for each of its bits, and for each byte how far up the packed bytes its own lies, in bits.
static PLACES: [(u64, u64); 256] = tabulate_places();

const fn tabulate_places() -> [(u64, u64); 256] {
    let mut table = [(0, 0); 256];
    let mut map = 0;
    while map < 256 {
        let (mut byte, mut taken) = (0, 0u64);
        while byte < 8 {
            if map >> byte & 1 == 1 {
                table[map].0 |= 0xFF << (8 * byte);
                table[map].1 |= (8 * taken) << (8 * byte);
                taken += 1;
            }
            byte += 1;
        }
        map += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bits_are_deposited_in_order(value: u64, mask: u64) {
            let mut left = value;
            let expected = (0..64).filter(|bit| mask >> bit & 1 == 1).fold(0, |sum, bit| {
                let set = (left & 1) << bit;
                left >>= 1;
                sum | set
            });
            prop_assert_eq!(Portable::<false>.deposit(value, mask), expected);
        }

        #[test]
        fn bytes_are_placed_in_order(packed: u64, map: u8) {
            let mut left = packed.to_le_bytes().into_iter();
            let expected: Vec<u8> = (0..8)
                .map(|bit| if map >> bit & 1 == 1 { left.next().unwrap() } else { 0 })
                .collect();
            let placed = Portable::<false>.place_bytes(packed, u64::from(map));
            prop_assert_eq!(placed.to_le_bytes().to_vec(), expected);
        }
    }
}
