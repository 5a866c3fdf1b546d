//! On which texts do indexes break? Empty, repetitive, periodic, at the borders of blocks, and of every byte that
//! UTF-8 has.

/// A corpus with a name for the failure message.
pub struct NamedCorpus<S> {
    pub name: String,
    pub documents: Vec<Vec<S>>,
}

fn corpus(name: impl Into<String>, documents: &[&[u8]]) -> NamedCorpus<u8> {
    NamedCorpus { name: name.into(), documents: documents.iter().map(|document| document.to_vec()).collect() }
}

/// Small corpora, each odd in its own way.
pub fn small() -> Vec<NamedCorpus<u8>> {
    let mut corpora = vec![
        corpus("no documents", &[]),
        corpus("one empty document", &[b""]),
        corpus("only empty documents", &[b"", b"", b""]),
        corpus("one byte", &[b"a"]),
        corpus("one byte between empty documents", &[b"", b"a", b""]),
        corpus("one document twice", &[b"banana", b"banana"]),
        corpus("a document that is the start of another", &[b"ab", b"abab", b"a"]),
        corpus("a document that is the end of another", &[b"ba", b"aba", b"a"]),
        corpus("all equal", &[&[b'a'; 200]]),
        corpus("two letters in turn", &[b"ab".repeat(100).as_slice(), b"ba".repeat(31).as_slice()]),
        corpus("zero bytes", &[b"\0a\0\0b", b"\0", b"\0\0\0"]),
        corpus("line ends", &[b"a\r\nb\n\rc\r\n", b"\n", b"\r\n"]),
        corpus("Fibonacci", &[fibonacci(300).as_slice(), fibonacci(34).as_slice()]),
        corpus("de Bruijn", &[de_bruijn(4, 4).as_slice()]),
        corpus("text without newline and space", &["déjàvu".repeat(9).as_bytes()]),
    ];
    let mixed = "e\u{301} é 世界 𝄞 Kk\u{212A} ßẞ\u{85}\u{A0}\u{2003}x\u{3000}\u{200D}👩\u{200D}🚀";
    corpora.push(corpus("characters of every length", &[mixed.as_bytes(), "世".as_bytes(), "\u{301}".as_bytes()]));
    corpora.push(corpus("every byte of UTF-8", &[every_byte().as_bytes()]));
    corpora
}

/// Corpora of one document whose size stands at the borders of blocks.
pub fn at_borders() -> Vec<NamedCorpus<u8>> {
    let sizes = [64usize, 512, 2048, 4096, 65_536];
    let around = sizes.into_iter().flat_map(|size| [size - 1, size, size + 1]);
    around.flat_map(at_size).collect()
}

fn at_size(bytes: usize) -> [NamedCorpus<u8>; 3] {
    let words = b"the cat sat on the mat. the mat sat on the cat; ".repeat(bytes / 48 + 1);
    [
        corpus(format!("{bytes} equal bytes"), &[&vec![b'x'; bytes]]),
        corpus(format!("{bytes} bytes of words"), &[&words[..bytes]]),
        corpus(format!("{bytes} bytes in two documents"), &[&fibonacci(bytes / 2), &words[..bytes - bytes / 2]]),
    ]
}

/// A prefix of the Fibonacci word over a and b: as repetitive as a text without a period can be.
pub fn fibonacci(bytes: usize) -> Vec<u8> {
    let (mut shorter, mut word) = (b"a".to_vec(), b"ab".to_vec());
    while word.len() < bytes {
        let longer = [word.as_slice(), shorter.as_slice()].concat();
        shorter = std::mem::replace(&mut word, longer);
    }
    word.truncate(bytes);
    word
}

/// A de Bruijn sequence: every word of `order` letters once (cyclically), by the greedy "largest letter first" rule.
pub fn de_bruijn(letters: u8, order: usize) -> Vec<u8> {
    let mut seen = std::collections::HashSet::new();
    let mut sequence = vec![b'a'; order];
    seen.insert(sequence.clone());
    loop {
        let tail = sequence[sequence.len() + 1 - order..].to_vec();
        let word = |letter: u8| [tail.as_slice(), &[b'a' + letter]].concat();
        match (0..letters).rev().find(|&letter| !seen.contains(&word(letter))) {
            Some(letter) => {
                seen.insert(word(letter));
                sequence.push(b'a' + letter);
            }
            None => return sequence,
        }
    }
}

/// Characters that between them hold each byte value UTF-8 has.
fn every_byte() -> String {
    let two_bytes = (0x80..0x800).step_by(0x3F).filter_map(char::from_u32);
    let three_bytes = (0x800..0x1_0000).step_by(0xFFF).filter_map(char::from_u32);
    let four_bytes = (0x1_0000..0x11_0000).step_by(0x1_FFFF).filter_map(char::from_u32);
    let each_tail = (0x80..0xC0).filter_map(char::from_u32);
    ('\0'..='\u{7F}').chain(each_tail).chain(two_bytes).chain(three_bytes).chain(four_bytes).collect()
}
