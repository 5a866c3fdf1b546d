//! What does a row remember? The mean of the values of the places it sees, weighted by softmax(query · keys / √width).

use crate::maths::soften;

/// Places whose keys lie side by side.
pub const PLACES: usize = 8;
/// Blocks of places that are scored at once, so that additions need not wait for each other.
const BLOCKS: usize = 4;

/// What one head of keys and values remembers. Keys: blocks of eight places, number by number, the eight side by side; values:
/// place by place.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    width: usize,
    keys: Vec<f32>,
    values: Vec<f32>,
}

impl Memory {
    pub fn new(width: usize) -> Self {
        Self { width, keys: Vec::new(), values: Vec::new() }
    }

    /// Makes it hold so many places; new ones hold nothing yet.
    pub fn resize(&mut self, places: usize) {
        self.keys.resize(places.next_multiple_of(PLACES) * self.width, 0.0);
        self.values.resize(places * self.width, 0.0);
    }

    pub fn write(&mut self, place: usize, key: &[f32], value: &[f32]) {
        let at = key_at(self.width, place);
        for (i, number) in key.iter().enumerate() {
            self.keys[at + i * PLACES] = *number;
        }
        self.values[place * self.width..(place + 1) * self.width].copy_from_slice(value);
    }

    pub fn copy_within(&mut self, from: usize, to: usize) {
        let (source, target) = (key_at(self.width, from), key_at(self.width, to));
        for i in 0..self.width {
            self.keys[target + i * PLACES] = self.keys[source + i * PLACES];
        }
        self.values.copy_within(from * self.width..(from + 1) * self.width, to * self.width);
    }
}

/// Where the first number of a key lies.
fn key_at(width: usize, place: usize) -> usize {
    place / PLACES * PLACES * width + place % PLACES
}

/// The places that a row sees, in order: the first ones, then some.
pub struct Attention<'a> {
    pub memory: &'a Memory,
    pub first: usize,
    pub others: &'a [usize],
}

/// `queries` are those of all heads that share the memory, `out` as many. `weights` is room to work in. Every weight and every output is
/// computed in the same order of numbers and places, however the places are split into first and others.
#[inline(always)]
pub fn attend(attention: &Attention, queries: &[f32], weights: &mut Vec<f32>, out: &mut [f32]) {
    let Attention { memory, first, others } = attention;
    let width = memory.width;
    let seen = first + others.len();
    let scale = 1.0 / (width as f32).sqrt();
    weights.clear();
    // Blocks are scored whole; what is too much is written over.
    weights.resize(first.next_multiple_of(PLACES).max(seen), 0.0);
    for (query, out) in queries.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
        score_first(memory, query, *first, scale, weights);
        for (weight, &place) in weights[*first..].iter_mut().zip(*others) {
            let key = memory.keys[key_at(width, place)..].iter().step_by(PLACES);
            *weight = query.iter().zip(key).fold(0f32, |sum, (query, key)| query.mul_add(*key, sum)) * scale;
        }
        soften(&mut weights[..seen]);
        out.fill(0.0);
        let mut start = 0;
        start = add_values::<64>(attention, weights, start, out);
        start = add_values::<16>(attention, weights, start, out);
        add_values::<2>(attention, weights, start, out);
    }
}

#[inline(always)]
fn score_first(memory: &Memory, query: &[f32], first: usize, scale: f32, weights: &mut [f32]) {
    let blocks = first.div_ceil(PLACES);
    let whole = blocks - blocks % BLOCKS;
    for block in (0..whole).step_by(BLOCKS) {
        score_blocks::<BLOCKS>(memory, query, block, scale, weights);
    }
    for block in whole..blocks {
        score_blocks::<1>(memory, query, block, scale, weights);
    }
}

#[inline(always)]
fn score_blocks<const N: usize>(memory: &Memory, query: &[f32], block: usize, scale: f32, weights: &mut [f32]) {
    let width = query.len();
    let keys: [&[[f32; PLACES]]; N] = std::array::from_fn(|i| {
        let start = (block + i) * width * PLACES;
        memory.keys[start..start + width * PLACES].as_chunks().0
    });
    let mut sums = [[0f32; PLACES]; N];
    for (number, query) in query.iter().enumerate() {
        for (sum, keys) in sums.iter_mut().zip(keys) {
            *sum = add_product(*query, &keys[number], *sum);
        }
    }
    for (weight, sum) in weights[block * PLACES..].iter_mut().zip(sums.as_flattened()) {
        *weight = sum * scale;
    }
}

#[inline(always)]
fn add_product(factor: f32, numbers: &[f32; PLACES], mut sums: [f32; PLACES]) -> [f32; PLACES] {
    for (sum, number) in sums.iter_mut().zip(numbers) {
        *sum = factor.mul_add(*number, *sum);
    }
    sums
}

/// The outputs from `start` on, as many times `N` as there are; answers where it stopped.
#[inline(always)]
fn add_values<const N: usize>(attention: &Attention, weights: &[f32], mut start: usize, out: &mut [f32]) -> usize {
    let Attention { memory, first, others } = attention;
    let width = memory.width;
    while start + N <= width {
        let mut sums = [0f32; N];
        let (of_first, of_others) = weights.split_at(*first);
        for (weight, values) in of_first.iter().zip(memory.values.chunks_exact(width)) {
            for (sum, value) in sums.iter_mut().zip(&values[start..start + N]) {
                *sum = weight.mul_add(*value, *sum);
            }
        }
        for (weight, &place) in of_others.iter().zip(*others) {
            let values = &memory.values[place * width + start..][..N];
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum = weight.mul_add(*value, *sum);
            }
        }
        out[start..start + N].copy_from_slice(&sums);
        start += N;
    }
    start
}
