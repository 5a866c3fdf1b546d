//! How is an inner product computed as fast as the machine allows, and always in the same order?

/// A row of quantised weights: a scale a block of 32, and a minimum where the format has one.
pub struct QuantisedRow<'a> {
    pub codes: &'a [i8],
    pub scales: &'a [f32],
    /// Empty when there is none.
    pub minimums: &'a [f32],
}

/// The instructions that are used; chosen once, when a model is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernel {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

const LANES: usize = 8;
/// Input rows that share the decoding of a block of weights.
const TILE: usize = 4;

impl Kernel {
    /// The fastest that this machine has.
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return Self::Avx2;
        }
        Self::Portable
    }

    /// Inner product of two slices of equal length.
    pub fn dot(self, a: &[f32], b: &[f32]) -> f32 {
        match self {
            Self::Portable => dot_portable(a, b),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Avx2` is only made by `detect`, where the machine has the instructions.
            Self::Avx2 => unsafe { avx2::dot(a, b) },
        }
    }

    /// `out[k]` becomes the inner product of the row and the k-th row of `input`, whose block sums are `sums`.
    pub fn dot_quantised(self, row: &QuantisedRow, input: &[f32], sums: &[f32], out: &mut [f32]) {
        let columns = row.codes.len();
        let mut k = 0;
        while k + TILE <= out.len() {
            let tile: [&[f32]; TILE] = std::array::from_fn(|i| &input[(k + i) * columns..(k + i + 1) * columns]);
            out[k..k + TILE].copy_from_slice(&self.dot_tile(row, tile));
            k += TILE;
        }
        for (k, value) in out.iter_mut().enumerate().skip(k) {
            [*value] = self.dot_tile(row, [&input[k * columns..(k + 1) * columns]]);
        }
        if !row.minimums.is_empty() {
            let blocks = row.minimums.len();
            for (k, value) in out.iter_mut().enumerate() {
                *value += self.dot(row.minimums, &sums[k * blocks..(k + 1) * blocks]);
            }
        }
    }

    fn dot_tile<const M: usize>(self, row: &QuantisedRow, input: [&[f32]; M]) -> [f32; M] {
        match self {
            Self::Portable => input.map(|x| dot_codes_portable(row, x)),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Avx2` is only made by `detect`, where the machine has the instructions.
            Self::Avx2 => unsafe { avx2::dot_codes(row, input) },
        }
    }
}

fn dot_portable(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0f32; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for lane in 0..LANES {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    lanes.iter().sum::<f32>() + rest
}

fn dot_codes_portable(row: &QuantisedRow, input: &[f32]) -> f32 {
    let mut lanes = [0f32; LANES];
    for ((codes, x), scale) in row.codes.chunks_exact(32).zip(input.chunks_exact(32)).zip(row.scales) {
        for lane in 0..LANES {
            let at = |part: usize| f32::from(codes[part * LANES + lane]) * x[part * LANES + lane];
            lanes[lane] += scale * (at(0) + at(1) + at(2) + at(3));
        }
    }
    lanes.iter().sum()
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::*;

    use super::{LANES, QuantisedRow};

    /// # Safety
    /// The machine has AVX2 and FMA.
    #[target_feature(enable = "avx2,fma")]
    pub unsafe fn dot(a: &[f32], b: &[f32]) -> f32 {
        let length = a.len().min(b.len());
        let whole = length - length % LANES;
        let mut sum = _mm256_setzero_ps();
        for i in (0..whole).step_by(LANES) {
            // SAFETY: eight numbers from i on lie in both slices.
            let (x, y) = unsafe { (_mm256_loadu_ps(a.as_ptr().add(i)), _mm256_loadu_ps(b.as_ptr().add(i))) };
            sum = _mm256_fmadd_ps(x, y, sum);
        }
        let rest: f32 = a[whole..length].iter().zip(&b[whole..length]).map(|(x, y)| x * y).sum();
        add_lanes(sum) + rest
    }

    /// # Safety
    /// The machine has AVX2 and FMA.
    #[target_feature(enable = "avx2,fma")]
    pub unsafe fn dot_codes<const M: usize>(row: &QuantisedRow, input: [&[f32]; M]) -> [f32; M] {
        let blocks = row.scales.len().min(row.codes.len() / 32);
        assert!(input.iter().all(|x| x.len() >= blocks * 32));
        let mut sums = [_mm256_setzero_ps(); M];
        for block in 0..blocks {
            let mut weights = [_mm256_setzero_ps(); 4];
            for (part, weight) in weights.iter_mut().enumerate() {
                // SAFETY: the block's 32 codes lie in the slice.
                let codes = unsafe { _mm_loadl_epi64(row.codes.as_ptr().add(block * 32 + part * LANES).cast()) };
                *weight = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(codes));
            }
            let scale = _mm256_set1_ps(row.scales[block]);
            for (sum, x) in sums.iter_mut().zip(input) {
                // SAFETY: the block's 32 numbers lie in the slice, as asserted above.
                let at = |part: usize| unsafe { _mm256_loadu_ps(x.as_ptr().add(block * 32 + part * LANES)) };
                let low = _mm256_fmadd_ps(weights[1], at(1), _mm256_mul_ps(weights[0], at(0)));
                let high = _mm256_fmadd_ps(weights[3], at(3), _mm256_mul_ps(weights[2], at(2)));
                *sum = _mm256_fmadd_ps(scale, _mm256_add_ps(low, high), *sum);
            }
        }
        sums.map(|sum| add_lanes(sum))
    }

    #[target_feature(enable = "avx2,fma")]
    fn add_lanes(sum: __m256) -> f32 {
        let half = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps::<1>(sum));
        let pair = _mm_add_ps(half, _mm_movehl_ps(half, half));
        _mm_cvtss_f32(_mm_add_ss(pair, _mm_shuffle_ps::<1>(pair, pair)))
    }
}
