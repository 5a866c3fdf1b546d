//! How are the digits of a line counted with x86's AVX2?
//!
//! A plane of 28 bytes and the four bytes before it are one vector: all words of a line are counted at once. Bits by a
//! table of half bytes (Muła, Kurz, Lemire: Faster population counts using AVX2 instructions, 2018,
//! doi:10.1093/comjnl/bxx046).

use std::arch::x86_64::{
    __m256i, _mm_add_epi64, _mm_cvtsi128_si64, _mm_unpackhi_epi64, _mm256_add_epi8, _mm256_and_si256,
    _mm256_castsi256_si128, _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_max_epi32, _mm256_min_epi32,
    _mm256_sad_epu8, _mm256_set1_epi8, _mm256_set1_epi32, _mm256_setr_epi8, _mm256_setr_epi32, _mm256_setzero_si256,
    _mm256_shuffle_epi8, _mm256_srli_epi16, _mm256_srlv_epi32, _mm256_sub_epi32, _mm256_xor_si256,
};

use super::line::{COUNTER_BYTES, Counter, Line, PLANE_BYTES};

/// Bytes of a vector before those of the plane.
const LEAD_BYTES: usize = 4;

/// Proof that the processor has AVX2, BMI1, BMI2 and POPCNT.
#[derive(Debug, Clone, Copy)]
pub(super) struct Avx2(());

impl Avx2 {
    /// The proof, when the processor has all that is needed.
    pub fn detect() -> Option<Self> {
        let has_all = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt");
        has_all.then_some(Self(()))
    }
}

impl Counter for Avx2 {
    #[inline(always)]
    fn count_planes(self, line: &Line, count: u32) -> [u32; 3] {
        // SAFETY: `self` proves AVX2.
        unsafe {
            let kept = kept_bits(count);
            let (low, high) = (_mm256_and_si256(low_plane(line), kept), _mm256_and_si256(high_plane(line), kept));
            [count_ones(low), count_ones(high), count_ones(_mm256_and_si256(low, high))]
        }
    }

    #[inline(always)]
    fn count_digit(self, line: &Line, digit: usize, count: u32) -> u32 {
        // SAFETY: `self` proves AVX2.
        unsafe {
            // Turned over where the digit's bit is 0, so that its places are ones in both.
            let low = _mm256_xor_si256(low_plane(line), _mm256_set1_epi32((digit as i32 & 1) - 1));
            let high = _mm256_xor_si256(high_plane(line), _mm256_set1_epi32((digit as i32 >> 1) - 1));
            count_ones(_mm256_and_si256(_mm256_and_si256(low, high), kept_bits(count)))
        }
    }
}

#[inline(always)]
unsafe fn low_plane(line: &Line) -> __m256i {
    // SAFETY: the caller has AVX2; a line has 32 bytes from here on.
    unsafe { _mm256_loadu_si256(line.as_ptr().add(COUNTER_BYTES - LEAD_BYTES).cast()) }
}

#[inline(always)]
unsafe fn high_plane(line: &Line) -> __m256i {
    // SAFETY: the caller has AVX2; a line has 32 bytes from here on.
    unsafe { _mm256_loadu_si256(line.as_ptr().add(COUNTER_BYTES + PLANE_BYTES - LEAD_BYTES).cast()) }
}

/// The bits of the first `count` digits; none of the bytes before the plane.
#[inline(always)]
unsafe fn kept_bits(count: u32) -> __m256i {
    // SAFETY: the caller has AVX2.
    unsafe {
        // The first word is before the plane: so far away that nothing of it is kept.
        let starts = _mm256_setr_epi32(1 << 16, 0, 32, 64, 96, 128, 160, 192);
        let kept = _mm256_sub_epi32(_mm256_set1_epi32(count as i32), starts);
        let kept = _mm256_max_epi32(_mm256_min_epi32(kept, _mm256_set1_epi32(32)), _mm256_setzero_si256());
        // A shift by 32 leaves nothing.
        _mm256_srlv_epi32(_mm256_set1_epi32(-1), _mm256_sub_epi32(_mm256_set1_epi32(32), kept))
    }
}

#[inline(always)]
unsafe fn count_ones(bits: __m256i) -> u32 {
    // SAFETY: the caller has AVX2.
    unsafe {
        let table = _mm256_setr_epi8(
            0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,
        );
        let halves = _mm256_set1_epi8(15);
        let low = _mm256_shuffle_epi8(table, _mm256_and_si256(bits, halves));
        let high = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16::<4>(bits), halves));
        let sums = _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256());
        let two = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256::<1>(sums));
        _mm_cvtsi128_si64(_mm_add_epi64(two, _mm_unpackhi_epi64(two, two))) as u32
    }
}
