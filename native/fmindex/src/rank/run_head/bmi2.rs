//! How are groups read with x86's BMI2 and AVX2?
//!
//! The functions of [`reader`](super::reader) are compiled once more here, with these features on.

use std::arch::x86_64::{
    __m256i, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_set1_epi8, _pdep_u64,
};

use super::group::{GROUP_HEADER_BYTES, Group};
use super::kernel::Kernel;

/// Proof that the processor has AVX2, BMI1, BMI2, LZCNT and POPCNT.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bmi2(());

impl Bmi2 {
    /// The proof, when the processor has all that is needed.
    pub fn detect() -> Option<Self> {
        let has_all = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        has_all.then_some(Self(()))
    }
}

impl Kernel for Bmi2 {
    #[inline(always)]
    fn deposit(self, value: u64, mask: u64) -> u64 {
        // SAFETY: `self` proves that the processor has BMI2.
        unsafe { _pdep_u64(value, mask) }
    }

    #[inline(always)]
    fn place_bytes(self, packed: u64, map: u64) -> u64 {
        self.deposit(packed, self.deposit(map, 0x0101_0101_0101_0101).wrapping_mul(0xFF))
    }

    #[inline(always)]
    unsafe fn find_symbol(self, group: &Group, symbol: u8) -> Option<usize> {
        let count = group.header.symbol_count;
        // SAFETY: `self` proves AVX2. A whole group has 32 bytes past its last symbol: ranks, and what `is_whole` adds.
        unsafe {
            let wanted = _mm256_set1_epi8(symbol as i8);
            let symbols = group.bytes.as_ptr().add(GROUP_HEADER_BYTES);
            let mut place = 0;
            while place < count {
                let here = _mm256_loadu_si256(symbols.add(place).cast::<__m256i>());
                let equal = _mm256_movemask_epi8(_mm256_cmpeq_epi8(here, wanted)) as u32;
                if equal != 0 {
                    let found = place + equal.trailing_zeros() as usize;
                    return (found < count).then_some(found);
                }
                place += 32;
            }
            None
        }
    }
}
