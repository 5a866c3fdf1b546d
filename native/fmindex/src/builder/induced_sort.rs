//! In which order do all suffixes of the text stand, where no C can be compiled?
//!
//! Induced sorting (Nong, Zhang, Chan, "Two Efficient Algorithms for Linear Time Suffix Array Construction", 2011,
//! DOI 10.1109/TC.2010.188), in the generalised form: a zero byte ends a string, and is smaller than every zero byte
//! after it. So the text needs no sentinel: each zero has its place from the start, nothing is induced into it, and
//! no two substrings that hold one are equal. The numbers are those of libsais.

use crate::error::{Error, Result};

/// No suffix yet.
const EMPTY: u32 = u32::MAX;
/// Suffixes are numbered with 31 bits.
pub(super) const MAX_SYMBOLS: usize = 1 << 31;

/// A symbol of the text, or of the text of names that it is reduced to.
trait Letter: Copy + Ord {
    fn index(self) -> usize;
}

impl Letter for u8 {
    #[inline(always)]
    fn index(self) -> usize {
        usize::from(self)
    }
}

impl Letter for u32 {
    #[inline(always)]
    fn index(self) -> usize {
        self as usize
    }
}

/// Writes the starts of all suffixes of `text` into `suffixes`, which is as long, in their order. O(n); memory for two
/// numbers for each distinct substring between local minima.
///
/// # Errors
/// [`Error::Input`] unless the text is made of strings that are not empty and end with a zero.
pub(super) fn sort_strings(text: &[u8], suffixes: &mut [u32]) -> Result<()> {
    let is_whole = text.first() != Some(&0) && text.last().is_none_or(|&last| last == 0);
    if !is_whole || text.windows(2).any(|pair| pair == [0, 0]) || text.len() > MAX_SYMBOLS {
        return Err(Error::Input("a text to sort is made of strings that are not empty and end with a zero".into()));
    }
    debug_assert_eq!(text.len(), suffixes.len());
    sort::<u8, true>(text, suffixes, 256);
    Ok(())
}

/// Sorts the suffixes of a text of letters below `letters`. Those of strings are [`sort_strings`]'; without, the end of
/// the text is smaller than every letter.
fn sort<L: Letter, const IS_STRINGS: bool>(text: &[L], suffixes: &mut [u32], letters: usize) {
    if text.is_empty() {
        return;
    }
    let mut buckets = Buckets::of(text, letters);

    // The substrings from one local minimum to the next, in their order.
    suffixes.fill(EMPTY);
    buckets.point_at_ends();
    visit_minima::<L, IS_STRINGS>(text, |at| {
        let slot = &mut buckets.next[text[at].index()];
        *slot -= 1;
        suffixes[*slot as usize] = at as u32;
    });
    induce::<L, IS_STRINGS>(text, suffixes, &mut buckets);
    drop(buckets);
    let count = keep_minima::<L, IS_STRINGS>(text, suffixes);
    let names = name_minima::<L, IS_STRINGS>(text, suffixes, count);

    // The suffixes that start there: by their names, or by sorting the text of the names.
    let (sorted, reduced) = suffixes.split_at_mut(text.len() - count);
    if names < count {
        sort::<u32, false>(reduced, &mut sorted[..count], names);
    } else {
        for (index, &name) in reduced.iter().enumerate() {
            sorted[name as usize] = index as u32;
        }
    }
    let mut index = count;
    visit_minima::<L, IS_STRINGS>(text, |at| {
        index -= 1;
        reduced[index] = at as u32;
    });
    for suffix in &mut sorted[..count] {
        *suffix = reduced[*suffix as usize];
    }

    // All suffixes.
    suffixes[count..].fill(EMPTY);
    let mut buckets = Buckets::of(text, letters);
    buckets.point_at_ends();
    for index in (0..count).rev() {
        let at = std::mem::replace(&mut suffixes[index], EMPTY);
        let slot = &mut buckets.next[text[at as usize].index()];
        *slot -= 1;
        suffixes[*slot as usize] = at;
    }
    induce::<L, IS_STRINGS>(text, suffixes, &mut buckets);
}

/// Where the suffixes of each first letter stand.
struct Buckets {
    /// The end of each letter's.
    ends: Vec<u32>,
    /// The next free place of each.
    next: Vec<u32>,
}

impl Buckets {
    fn of<L: Letter>(text: &[L], letters: usize) -> Self {
        let mut ends = vec![0; letters];
        text.iter().for_each(|letter| ends[letter.index()] += 1);
        let mut end = 0;
        for count in &mut ends {
            end += *count;
            *count = end;
        }
        Self { ends, next: vec![0; letters] }
    }

    fn point_at_starts(&mut self) {
        if let Some((first, rest)) = self.next.split_first_mut() {
            *first = 0;
            rest.copy_from_slice(&self.ends[..self.ends.len() - 1]);
        }
    }

    fn point_at_ends(&mut self) {
        self.next.copy_from_slice(&self.ends);
    }
}

/// Calls `visit` for each local minimum, from the last to the first: a place smaller than the one before it, after which
/// the letters do not fall before they rise. The last zero of strings is one, the end of another text is none.
#[inline(always)]
fn visit_minima<L: Letter, const IS_STRINGS: bool>(text: &[L], mut visit: impl FnMut(usize)) {
    let mut is_rising = IS_STRINGS;
    for at in (1..text.len()).rev() {
        let (before, here) = (text[at - 1], text[at]);
        if before > here {
            if is_rising {
                visit(at);
            }
            is_rising = false;
        } else if before < here {
            is_rising = true;
        }
    }
}

/// Moves the local minima to the front, in their order, and returns how many there are.
fn keep_minima<L: Letter, const IS_STRINGS: bool>(text: &[L], suffixes: &mut [u32]) -> usize {
    let mut count = 0;
    for index in 0..suffixes.len() {
        let at = suffixes[index] as usize;
        if at == 0 || text[at - 1] <= text[at] {
            continue;
        }
        // Only the first of equal letters comes here, so all these looks together are one at each letter.
        let is_rising = match text[at + 1..].iter().find(|&&letter| letter != text[at]) {
            Some(&letter) => letter > text[at],
            None => IS_STRINGS,
        };
        if is_rising {
            suffixes[count] = at as u32;
            count += 1;
        }
    }
    count
}

/// Numbers the substrings that begin at the first `count` of `suffixes`, equal ones alike, and puts the numbers in the order
/// of the text at the end of `suffixes`. Returns how many are different.
fn name_minima<L: Letter, const IS_STRINGS: bool>(text: &[L], suffixes: &mut [u32], count: usize) -> usize {
    let (sorted, lengths) = suffixes.split_at_mut(count);
    lengths.fill(EMPTY);
    // Minima are at least two apart, so half their places tell them from each other.
    let mut next = text.len();
    visit_minima::<L, IS_STRINGS>(text, |at| {
        // The last one reaches to the end, where no other substring does.
        lengths[at / 2] = if next == text.len() { 0 } else { (next + 1 - at) as u32 };
        next = at;
    });
    let mut names = 0;
    let mut last: &[L] = &[];
    for &at in sorted.iter() {
        let at = at as usize;
        let substring = &text[at..at + lengths[at / 2] as usize];
        let holds_zero = |letter: Option<&L>| letter.is_some_and(|letter| letter.index() == 0);
        let is_unique =
            substring.is_empty() || IS_STRINGS && (holds_zero(substring.first()) || holds_zero(substring.last()));
        if is_unique || substring != last {
            names += 1;
        }
        last = if is_unique { &[] } else { substring };
        lengths[at / 2] = names as u32 - 1;
    }
    let mut free = suffixes.len();
    for index in (count..suffixes.len()).rev() {
        if suffixes[index] != EMPTY {
            free -= 1;
            suffixes[free] = suffixes[index];
        }
    }
    names
}

/// Puts every suffix into its place, from the local minima that stand at the ends of their buckets.
fn induce<L: Letter, const IS_STRINGS: bool>(text: &[L], suffixes: &mut [u32], buckets: &mut Buckets) {
    buckets.point_at_starts();
    let mut place = |at: usize, suffixes: &mut [u32]| {
        let slot = &mut buckets.next[text[at].index()];
        suffixes[*slot as usize] = at as u32;
        *slot += 1;
    };
    if !IS_STRINGS {
        place(text.len() - 1, suffixes);
    }
    for index in 0..suffixes.len() {
        let suffix = suffixes[index];
        if suffix == EMPTY || suffix == 0 {
            continue;
        }
        let at = suffix as usize - 1;
        if text[at] >= text[at + 1] {
            place(at, suffixes);
        }
    }
    buckets.point_at_ends();
    for index in (0..suffixes.len()).rev() {
        let suffix = suffixes[index];
        if suffix == EMPTY || suffix == 0 {
            continue;
        }
        let at = suffix as usize - 1;
        let (letter, next) = (text[at], text[at + 1]);
        // Zeros stand in their places from the start.
        let is_placed = IS_STRINGS && letter.index() == 0;
        // Of equal letters: the one behind it rises when it stands where rising ones were put.
        if !is_placed && (letter < next || letter == next && index >= buckets.next[letter.index()] as usize) {
            let slot = &mut buckets.next[letter.index()];
            *slot -= 1;
            suffixes[*slot as usize] = at as u32;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testkit::corpora::{de_bruijn, fibonacci};

    /// By comparing: a zero is a number of its own, below every letter.
    fn sort_naively(text: &[u8]) -> Vec<u32> {
        let keys: Vec<usize> =
            (0..text.len()).map(|at| if text[at] == 0 { at } else { text.len() + usize::from(text[at]) }).collect();
        let mut suffixes: Vec<u32> = (0..text.len() as u32).collect();
        suffixes.sort_by(|&one, &other| keys[one as usize..].cmp(&keys[other as usize..]));
        suffixes
    }

    fn check(text: &[u8]) {
        let mut suffixes = vec![0; text.len()];
        sort_strings(text, &mut suffixes).unwrap();
        assert!(suffixes == sort_naively(text), "{text:?}");
    }

    #[test]
    fn odd_strings_are_sorted() {
        check(b"");
        for strings in
            ["a", "a/a/a", "ab/b/ab/b", "ba/aba/a", "mississippi", "abab/ab/abab", "b/a/b/a/b", "aa/aaa/a/aaaa"]
        {
            check(&[strings.replace('/', "\0").as_bytes(), &[0]].concat());
        }
        for word in [fibonacci(700), de_bruijn(4, 5), vec![7; 900], b"abc".repeat(200), (1..=255).collect()] {
            check(&[&word, &[0][..]].concat());
            check(&[&word, &[0][..], &word, &[0], &word[1..], &[0]].concat());
        }
    }

    #[test]
    fn a_text_of_other_than_strings_is_refused() {
        for text in [&b"abc"[..], b"a\0\0", b"\0", b"\0a\0"] {
            assert!(sort_strings(text, &mut vec![0; text.len()]).is_err());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn any_strings_are_sorted(
            strings in proptest::collection::vec(proptest::collection::vec(1u8..4, 1..20), 0..20),
            wide in proptest::collection::vec(1u8.., 1..60),
        ) {
            let text: Vec<u8> = strings.into_iter().chain([wide]).flat_map(|string| string.into_iter().chain([0])).collect();
            check(&text);
        }
    }
}
