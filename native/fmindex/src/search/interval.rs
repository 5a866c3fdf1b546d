//! Between which bounds does a share lie, when a sample of it is known?

/// Quantile of the normal law for 95 % on both sides.
const Z_95: f64 = 1.959_963_984_540_054;

/// Wilson's score interval (1927) of a share of which `hits` of `trials` draws were seen, at 95 %.
/// It keeps its level for shares near 0 and 1, where the normal interval fails.
pub(crate) fn wilson_interval(hits: u64, trials: u64) -> (f64, f64) {
    if trials == 0 {
        return (0.0, 1.0);
    }
    let (hits, trials) = (hits as f64, trials as f64);
    let share = hits / trials;
    let z2 = Z_95 * Z_95;
    let middle = share + z2 / (2.0 * trials);
    let half = Z_95 * (share * (1.0 - share) / trials + z2 / (4.0 * trials * trials)).sqrt();
    let scale = 1.0 + z2 / trials;
    (((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // 10 of 100: 5.52 % to 17.44 %.
        let (low, high) = wilson_interval(10, 100);
        assert!((low - 0.0552).abs() < 1e-4 && (high - 0.1744).abs() < 1e-4);
    }

    #[test]
    fn nothing_seen_leaves_everything_open() {
        assert_eq!(wilson_interval(0, 0), (0.0, 1.0));
        assert!(wilson_interval(0, 10).0 < 1e-12);
        assert!(wilson_interval(10, 10).1 > 1.0 - 1e-12);
    }
}
