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
        let (mut value, mut deposited) = (value, 0);
        for shift in (0..64).step_by(8) {
            let byte = usize::from((mask >> shift) as u8);
            let (start, count) = (DEPOSITS.starts[byte], byte.count_ones());
            let taken = value as usize & ((1 << count) - 1);
            deposited |= u64::from(DEPOSITS.values[usize::from(start) + taken]) << shift;
            value >>= count;
        }
        deposited
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

/// `values[starts[mask] + value]` is `value` deposited in the byte `mask`. A mask of k bits has 2^k values: 3^8 in all,
/// which fit the first-level cache.
struct Deposits {
    starts: [u16; 256],
    values: [u8; 6561],
}

static DEPOSITS: Deposits = tabulate();

const fn tabulate() -> Deposits {
    let mut table = Deposits { starts: [0; 256], values: [0; 6561] };
    let (mut mask, mut at) = (0usize, 0usize);
    while mask < 256 {
        table.starts[mask] = at as u16;
        let mut value = 0usize;
        while value < 1 << mask.count_ones() {
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
    }
}
