//! How are groups read on an x86 processor that has no BMI2?
//!
//! With SSSE3 and POPCNT, which all have had since 2008.

use std::arch::x86_64::{
    __m128i, _mm_cmpeq_epi8, _mm_cvtsi64_si128, _mm_cvtsi128_si64, _mm_loadu_si128, _mm_movemask_epi8, _mm_set1_epi8,
    _mm_shuffle_epi8,
};

use super::group::{GROUP_HEADER_BYTES, Group};
use super::kernel::Kernel;
use super::portable::Portable;

/// Proof that the processor has SSSE3 and POPCNT.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ssse3(());

impl Ssse3 {
    /// The proof, when the processor has all that is needed.
    pub fn detect() -> Option<Self> {
        (is_x86_feature_detected!("ssse3") && is_x86_feature_detected!("popcnt")).then_some(Self(()))
    }
}

impl Kernel for Ssse3 {
    #[inline(always)]
    fn deposit(self, value: u64, mask: u64) -> u64 {
        Portable::<false>.deposit(value, mask)
    }

    #[inline(always)]
    fn place_bytes(self, packed: u64, map: u64) -> u64 {
        // SAFETY: `self` proves that the processor has SSSE3.
        unsafe {
            let sources = _mm_cvtsi64_si128(SOURCES[map as usize % 256] as i64);
            _mm_cvtsi128_si64(_mm_shuffle_epi8(_mm_cvtsi64_si128(packed as i64), sources)) as u64
        }
    }

    #[inline(always)]
    unsafe fn find_symbol(self, group: &Group, symbol: u8) -> Option<usize> {
        let count = group.header.symbol_count;
        // SAFETY: `self` proves SSE2. A whole group has 32 bytes past its last symbol: ranks, and what `is_whole` adds.
        unsafe {
            let wanted = _mm_set1_epi8(symbol as i8);
            let symbols = group.bytes.as_ptr().add(GROUP_HEADER_BYTES);
            let mut place = 0;
            while place < count {
                let here = _mm_loadu_si128(symbols.add(place).cast::<__m128i>());
                let equal = _mm_movemask_epi8(_mm_cmpeq_epi8(here, wanted)) as u32;
                if equal != 0 {
                    let found = place + equal.trailing_zeros() as usize;
                    return (found < count).then_some(found);
                }
                place += 16;
            }
            None
        }
    }
}

/// For each map: the packed byte of each of its bits, as `pshufb` takes it, 0x80 where there is none.
static SOURCES: [u64; 256] = tabulate_sources();

const fn tabulate_sources() -> [u64; 256] {
    let mut table = [0; 256];
    let mut map = 0;
    while map < 256 {
        let (mut byte, mut taken) = (0, 0);
        while byte < 8 {
            if map >> byte & 1 == 1 {
                table[map] |= taken << (8 * byte);
                taken += 1;
            } else {
                table[map] |= 0x80 << (8 * byte);
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

    #[test]
    fn bytes_are_placed_as_in_plain_rust() {
        let Some(kernel) = Ssse3::detect() else { return };
        for map in 0..256 {
            let packed = 0x8877_6655_4433_2211;
            assert_eq!(kernel.place_bytes(packed, map), Portable::<false>.place_bytes(packed, map), "map {map}");
        }
    }
}
