//! In how many bit planes are the heads of a group coded, and how are the planes written?

use super::group::{LEVELS, MAX_WIDTHS};

/// The levels chosen for a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LevelPlan {
    /// Planes of each level.
    pub widths: [u32; LEVELS],
    /// Heads coded in each level.
    pub head_counts: [usize; LEVELS],
    /// Bytes of all planes.
    pub plane_bytes: usize,
}

/// The plan with the fewest bytes for places with `counts` heads each. Tries all widths: O(8³) at worst.
pub(super) fn plan_levels(counts: &[u32]) -> LevelPlan {
    let mut plan = LevelPlan { widths: [0; LEVELS], head_counts: [0; LEVELS], plane_bytes: usize::MAX };
    let heads = counts.iter().map(|&count| count as usize).sum();
    let mut tried = LevelPlan { plane_bytes: 0, ..plan };
    try_levels(counts, heads, 0, &mut tried, &mut plan);
    plan
}

fn try_levels(counts: &[u32], heads: usize, level: usize, tried: &mut LevelPlan, best: &mut LevelPlan) {
    let (before, plane) = (tried.plane_bytes, heads.div_ceil(8));
    tried.head_counts[level] = heads;
    let full = counts.len().next_power_of_two().trailing_zeros();
    if full <= MAX_WIDTHS[level] && before + full as usize * plane < best.plane_bytes {
        tried.widths[level] = full;
        tried.plane_bytes = before + full as usize * plane;
        *best = *tried;
    }
    if level + 1 < LEVELS {
        let (mut own, mut escaped) = (0, heads);
        for width in 1..full.min(MAX_WIDTHS[level] + 1) {
            let places = (1usize << width) - 1;
            escaped -= counts[own..places].iter().map(|&count| count as usize).sum::<usize>();
            own = places;
            tried.widths[level] = width;
            tried.plane_bytes = before + width as usize * plane;
            if tried.plane_bytes >= best.plane_bytes {
                break;
            }
            try_levels(&counts[places..], escaped, level + 1, tried, best);
        }
    }
    (tried.widths[level], tried.head_counts[level], tried.plane_bytes) = (0, 0, before);
}

/// The low bit of each byte of `word`, the first byte's lowest.
pub(super) fn low_bits(word: u64) -> u8 {
    // Each product of two bits has a place of its own, so nothing carries into the byte on top.
    ((word & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

/// Appends the planes of `places`, the places of the heads' symbols in order. `places` is used up.
pub(super) fn write_planes(out: &mut Vec<u8>, plan: &LevelPlan, places: &mut Vec<u8>) {
    for level in 0..LEVELS {
        let width = plan.widths[level];
        if width == 0 {
            return;
        }
        let is_last = level + 1 == LEVELS || plan.head_counts[level + 1] == 0;
        let escape = if is_last { u8::MAX } else { (1 << width) - 1 };
        let (eights, rest) = places.as_chunks::<8>();
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        let all = || eights.iter().chain((!rest.is_empty()).then_some(&last));
        for plane in 0..width {
            out.extend(all().map(|eight| {
                let codes = eight.map(|place| place.min(escape));
                low_bits(u64::from_le_bytes(codes) >> plane)
            }));
        }
        if !is_last {
            places.retain(|&place| place >= escape);
            places.iter_mut().for_each(|place| *place -= escape);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn low_bits_are_those_of_each_byte() {
        for bits in 0..=255u8 {
            let bytes: [u8; 8] = std::array::from_fn(|at| 0xFE | bits >> at & 1);
            assert_eq!(low_bits(u64::from_le_bytes(bytes)), bits);
        }
    }

    #[test]
    fn one_level_for_even_counts() {
        let plan = plan_levels(&[100; 8]);
        assert_eq!((plan.widths, plan.head_counts), ([3, 0, 0], [800, 0, 0]));
        assert_eq!(plan.plane_bytes, 300);
    }

    #[test]
    fn rare_symbols_escape() {
        let plan = plan_levels(&[1000, 8, 8]);
        assert_eq!((plan.widths, plan.head_counts), ([1, 1, 0], [1016, 16, 0]));
        assert_eq!(plan.plane_bytes, 127 + 2);
    }

    #[test]
    fn all_bytes_with_one_frequent_still_have_a_plan() {
        let mut counts = [1; 256];
        counts[0] = 3000;
        let plan = plan_levels(&counts);
        assert_eq!(plan.widths[0], 1);
        assert_eq!(plan.head_counts[0], 3255);
    }

    #[test]
    fn one_symbol_needs_no_plane() {
        assert_eq!(plan_levels(&[7]).plane_bytes, 0);
    }
}
