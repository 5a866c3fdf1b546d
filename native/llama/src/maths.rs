//! Which arithmetic does a block of a transformer need besides products? Always in one order, so that all machines agree.

const LANES: usize = 8;

/// Inner product of two slices of equal length.
#[inline(always)]
pub fn dot_rows(a: &[f32], b: &[f32]) -> f32 {
    let ((a_parts, a_rest), (b_parts, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut lanes = [0f32; LANES];
    for (a, b) in a_parts.iter().zip(b_parts) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane = a.mul_add(*b, *lane);
        }
    }
    add_lanes(&lanes) + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

/// Root-mean-square normalisation (Zhang, Sennrich 2019, arXiv:1910.07467).
#[inline(always)]
pub fn normalise_row(row: &[f32], weights: &[f32], epsilon: f32, out: &mut [f32]) {
    let scale = 1.0 / (dot_rows(row, row) / row.len() as f32 + epsilon).sqrt();
    for ((out, value), weight) in out.iter_mut().zip(row).zip(weights) {
        *out = value * scale * weight;
    }
}

/// `gate` becomes silu(gate) · up (SwiGLU: Shazeer 2020, arXiv:2002.05202).
#[inline(always)]
pub fn gate_row(gate: &mut [f32], up: &[f32]) {
    for (gate, up) in gate.iter_mut().zip(up) {
        *gate = *gate / (1.0 + exp(-*gate)) * up;
    }
}

/// Turns scores into shares that sum to one.
#[inline(always)]
pub fn soften(scores: &mut [f32]) {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let (parts, rest) = scores.as_chunks::<LANES>();
    let mut lanes = [f32::NEG_INFINITY; LANES];
    for part in parts {
        for (lane, score) in lanes.iter_mut().zip(part) {
            *lane = larger(*lane, *score);
        }
    }
    let largest = lanes.iter().chain(rest).fold(f32::NEG_INFINITY, |largest, &score| larger(largest, score));
    for score in &mut *scores {
        *score = exp(*score - largest);
    }
    let (parts, rest) = scores.as_chunks::<LANES>();
    let mut lanes = [0f32; LANES];
    for part in parts {
        for (lane, score) in lanes.iter_mut().zip(part) {
            *lane += score;
        }
    }
    let share = 1.0 / (add_lanes(&lanes) + rest.iter().sum::<f32>());
    for score in scores {
        *score *= share;
    }
}

/// Within two units in the last place; 0 far below, infinite far above. Without branches, so that it becomes vector instructions.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    const ROUNDER: f32 = 12_582_912.0;
    /// The high bits of ln 2, and the rest of it.
    const LN2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    // Beyond these the result is 0 or infinite; comparisons, since min and max treat what is no number differently.
    let x = if x < -104.0 { -104.0 } else { x };
    let x = if x > 89.0 { 89.0 } else { x };
    let shifted = x.mul_add(std::f32::consts::LOG2_E, ROUNDER);
    let power = shifted - ROUNDER;
    let left = (-power).mul_add(LN2[1], (-power).mul_add(LN2[0], x));
    // Taylor's terms, fitted to |x| <= ln 2 / 2 (Cephes, expf).
    let mut sum = 1.987_569_1e-4f32;
    for coefficient in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        sum = sum.mul_add(left, coefficient);
    }
    let fraction = (sum * left).mul_add(left, left) + 1.0;
    // In two steps, since the power may be smaller than a number's smallest.
    let power = shifted.to_bits() as i32 - ROUNDER.to_bits() as i32;
    let half = power >> 1;
    fraction * two_to(half) * two_to(power - half)
}

#[inline(always)]
fn two_to(power: i32) -> f32 {
    f32::from_bits(((power + 127) as u32) << 23)
}

#[inline(always)]
fn add_lanes(lanes: &[f32; LANES]) -> f32 {
    ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_near_the_true_one() {
        for i in -10_400..8_870 {
            let x = i as f32 / 100.0;
            let (near, truth) = (f64::from(exp(x)), f64::from(x).exp());
            // Below the smallest normal number the steps are coarser.
            assert!((near - truth).abs() <= truth * 2.5e-7 + 2e-45, "exp({x}) is {truth}, not {near}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(-1000.0), 0.0);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp(1000.0), f32::INFINITY);
        assert!(exp(f32::NAN).is_nan());
    }

    #[test]
    fn shares_sum_to_one() {
        for length in [1, 7, 8, 9, 100] {
            let mut scores: Vec<f32> = (0..length).map(|i| (i * 7 % 11) as f32 - 5.0).collect();
            soften(&mut scores);
            assert!((scores.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }
}
