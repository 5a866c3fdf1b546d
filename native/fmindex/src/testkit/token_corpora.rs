//! On which sequences of ids do indexes break? Those of [`corpora`](super::corpora), and alphabets of every size.

use super::corpora::{self, NamedCorpus};

fn corpus(name: impl Into<String>, documents: Vec<Vec<u32>>) -> NamedCorpus<u32> {
    NamedCorpus { name: name.into(), documents }
}

fn widen(text: &[u8]) -> Vec<u32> {
    text.iter().copied().map(u32::from).collect()
}

/// Small corpora, each odd in its own way.
pub fn small() -> Vec<NamedCorpus<u32>> {
    let of_bytes = corpora::small().into_iter();
    let widened = of_bytes.map(|odd| corpus(odd.name, odd.documents.iter().map(|text| widen(text)).collect()));
    let random = [1, 2, 4, 256, 65_536, 1 << 20].map(|vocabulary| {
        let document = |number| random(vocabulary, 700, number);
        corpus(format!("random over {vocabulary}"), vec![document(1), vec![], document(2), random(vocabulary, 3, 3)])
    });
    widened.chain(random).chain([corpus("the last id", vec![vec![(1 << 20) - 1; 9], vec![0, (1 << 20) - 1]])]).collect()
}

/// Corpora whose rows stand at the borders of lines of 224 digits and of blocks of 256 lines.
pub fn at_borders() -> Vec<NamedCorpus<u32>> {
    let sizes = [224usize, 448, 256 * 224];
    let around = sizes.into_iter().flat_map(|size| [size - 1, size, size + 1]);
    around.flat_map(at_size).collect()
}

/// With the separator as many rows as are asked for.
fn at_size(rows: usize) -> [NamedCorpus<u32>; 3] {
    let words = b"the cat sat on the mat. the mat sat on the cat; ".repeat(rows / 48 + 1);
    [
        corpus(format!("{rows} rows of one id"), vec![vec![7; rows - 1]]),
        corpus(format!("{rows} rows of words"), vec![widen(&words[..rows - 1])]),
        corpus(
            format!("{rows} rows of 5,000 ids"),
            vec![random(5000, rows / 2, 1), random(5000, rows - rows / 2 - 2, 2)],
        ),
    ]
}

/// `len` ids below `vocabulary`, the same for the same seed.
pub fn random(vocabulary: u32, len: usize, seed: u64) -> Vec<u32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 20) as u32
    };
    (0..len).map(|_| next() % vocabulary).collect()
}
