//! In which order do all suffixes of the text stand?
//!
//! The only code that calls C: libsais (Ilya Grebnov; induced sorting after Nong, Zhang, Chan 2009), in its generalised
//! form, where each zero byte ends a string and is smaller than every zero byte after it. It takes no empty string.

use crate::error::{Error, Result};

/// Free room behind the suffixes that makes the sort faster: six numbers a symbol.
const FREE_SPACE: usize = 6 * 256;

/// `lead` zeros, then the start of each suffix of `text`, in their order. `text` ends with a zero byte, and no two stand
/// together. O(n), 4 bytes a byte, one thread.
///
/// # Errors
/// [`Error::Input`] when the text is too long or holds an empty string, or memory is short.
pub(super) fn sort_suffixes(text: &[u8], lead: usize) -> Result<Vec<i32>> {
    let length =
        i32::try_from(text.len()).map_err(|_| Error::Input(format!("{} bytes are too many to sort", text.len())))?;
    let no_memory = || Error::Input(format!("no memory to sort {length} bytes"));
    let room = lead.checked_add(text.len()).and_then(|room| room.checked_add(FREE_SPACE)).ok_or_else(no_memory)?;
    let mut suffixes = Vec::new();
    suffixes.try_reserve_exact(room).map_err(|_| no_memory())?;
    suffixes.resize(room, 0i32);
    let target = &mut suffixes[lead..];
    // SAFETY: `text` has `length` bytes and `target` has `length` + FREE_SPACE numbers; the frequency table may be null.
    let status = unsafe {
        let free_space = FREE_SPACE as i32;
        libsais_sys::libsais::libsais_gsa(text.as_ptr(), target.as_mut_ptr(), length, free_space, std::ptr::null_mut())
    };
    match status {
        0 => {}
        -1 => {
            return Err(Error::Input(
                "a text to sort is made of strings that are not empty and end with a zero".into(),
            ));
        }
        _ => return Err(no_memory()),
    }
    suffixes.truncate(lead + text.len());
    Ok(suffixes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_of_other_than_strings_is_refused() {
        assert!(sort_suffixes(b"abc", 0).is_err());
        assert!(sort_suffixes(b"a\0\0", 0).is_err());
        assert_eq!(sort_suffixes(b"", 2).unwrap(), [0, 0]);
    }

    proptest! {
        #[test]
        fn separators_are_ordered_by_place(
            strings in proptest::collection::vec(proptest::collection::vec(1u8..4, 1..20), 0..20),
        ) {
            let text: Vec<u8> = strings.into_iter().flat_map(|string| string.into_iter().chain([0])).collect();
            // A separator becomes a number of its own, below every symbol.
            let keys: Vec<usize> = (0..text.len()).map(|at| if text[at] == 0 { at } else { 1000 + usize::from(text[at]) }).collect();
            let end_of = |start: usize| (start..).find(|&at| text[at] == 0).unwrap();
            let mut expected: Vec<i32> = (0..text.len() as i32).collect();
            expected.sort_by_key(|&start| keys[start as usize..=end_of(start as usize)].to_vec());
            prop_assert_eq!(sort_suffixes(&text, 0).unwrap(), expected);
        }
    }
}
