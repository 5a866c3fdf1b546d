//! Where does a token stand? Rotary positions (Su et al. 2021, arXiv:2104.09864) in the pairing of GGUF's Llama files.

/// Sines and cosines of some positions, for all layers and heads.
pub struct Rotary {
    half: usize,
    /// `(sine, cosine)` of each pair of numbers, position by position.
    turns: Vec<(f32, f32)>,
}

impl Rotary {
    pub fn new(positions: &[usize], head_width: usize, base: f32) -> Self {
        let half = head_width / 2;
        let turns = positions.iter().flat_map(|&position| {
            (0..half).map(move |pair| {
                let angle = position as f64 * f64::from(base).powf(-2.0 * pair as f64 / head_width as f64);
                (angle.sin() as f32, angle.cos() as f32)
            })
        });
        Self { half, turns: turns.collect() }
    }

    /// Turns the heads of the i-th position in place.
    pub fn apply(&self, i: usize, heads: &mut [f32]) {
        let turns = &self.turns[i * self.half..(i + 1) * self.half];
        for head in heads.chunks_exact_mut(2 * self.half) {
            for (pair, (sine, cosine)) in head.chunks_exact_mut(2).zip(turns) {
                let (x, y) = (pair[0], pair[1]);
                pair[0] = x * cosine - y * sine;
                pair[1] = x * sine + y * cosine;
            }
        }
    }
}
