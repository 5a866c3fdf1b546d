//! In which order do all suffixes of the text stand?
//!
//! The only code that calls C: libsais (Ilya Grebnov; induced sorting after Nong, Zhang, Chan 2009), in its generalised
//! form, where each zero byte ends a string and is smaller than every zero byte after it. It takes no empty string.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::large_buffer::LargeBuffer;
use super::sort::{NumberWidth, SortedText};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;

/// Free room behind the suffixes that makes the sort faster: six numbers a symbol.
const FREE_SPACE: usize = 6 * 256;
/// Time between two looks at the flag.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Sorts as [`sort_suffixes`](super::sort::sort_suffixes).
///
/// The C code hears no interrupt, so it runs on a thread that is left behind when one comes; it keeps its memory until
/// it is through.
///
/// # Errors
/// As [`sort_suffixes`](super::sort::sort_suffixes).
pub(super) fn sort_on_thread(
    text: LargeBuffer,
    lead: usize,
    width: NumberWidth,
    interrupt: Interrupt<'_>,
) -> Result<SortedText> {
    let (sender, sorted) = mpsc::sync_channel(1);
    let run = move || {
        let suffixes = sort(&text, lead, width);
        // Nobody listens any more when the build was cancelled.
        let _ = sender.send(suffixes.map(|suffixes| SortedText { text, suffixes, width }));
    };
    let spawned = thread::Builder::new().name("sort".into()).spawn(run);
    spawned.map_err(|error| Error::Input(format!("no thread to sort on: {error}")))?;
    loop {
        interrupt.check()?;
        match sorted.recv_timeout(POLL_INTERVAL) {
            Ok(sorted) => return sorted,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(Error::Input("the sort ended without an answer".into())),
        }
    }
}

fn sort(text: &[u8], lead: usize, width: NumberWidth) -> Result<LargeBuffer> {
    let no_memory = || Error::Input(format!("no memory to sort {} bytes", text.len()));
    let number_bytes = width as usize;
    let numbers = lead.checked_add(text.len()).and_then(|numbers| numbers.checked_add(FREE_SPACE));
    let bytes = numbers.and_then(|numbers| numbers.checked_mul(number_bytes)).ok_or_else(no_memory)?;
    let mut suffixes = LargeBuffer::new(bytes)?;
    let target = suffixes[lead * number_bytes..].as_mut_ptr();
    let (source, frequencies) = (text.as_ptr(), std::ptr::null_mut());
    let status = match width {
        NumberWidth::Four => {
            let length = i32::try_from(text.len())
                .map_err(|_| Error::Input(format!("{} bytes are too many to sort", text.len())))?;
            let free_space = FREE_SPACE as i32;
            // SAFETY: `text` has `length` bytes and `target` room for `length` + FREE_SPACE numbers, aligned as the
            // buffer is and `lead` is whole numbers; the frequency table may be null.
            let status =
                unsafe { libsais_sys::libsais::libsais_gsa(source, target.cast(), length, free_space, frequencies) };
            i64::from(status)
        }
        NumberWidth::Eight => {
            let length = i64::try_from(text.len()).map_err(|_| no_memory())?;
            let free_space = FREE_SPACE as i64;
            // SAFETY: as above.
            unsafe {
                libsais_sys::libsais64::libsais64_gsa(source, target.cast(), length, free_space, frequencies.cast())
            }
        }
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
    suffixes.truncate((lead + text.len()) * number_bytes);
    Ok(suffixes)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use proptest::prelude::*;

    use super::super::sort::{NumberWidth, sort_suffixes};
    use super::*;

    fn buffer(text: &[u8]) -> LargeBuffer {
        let mut buffer = LargeBuffer::new(text.len()).unwrap();
        buffer.copy_from_slice(text);
        buffer
    }

    fn numbers(text: &[u8], lead: usize, width: NumberWidth) -> Vec<u64> {
        let suffixes = sort(text, lead, width).unwrap();
        match width {
            NumberWidth::Four => suffixes.as_chunks().0.iter().map(|&word| u32::from_ne_bytes(word).into()).collect(),
            NumberWidth::Eight => suffixes.as_chunks().0.iter().map(|&word| u64::from_ne_bytes(word)).collect(),
        }
    }

    #[test]
    fn a_text_of_other_than_strings_is_refused() {
        for width in [NumberWidth::Four, NumberWidth::Eight] {
            assert!(sort(b"abc", 0, width).is_err());
            assert!(sort(b"a\0\0", 0, width).is_err());
            assert_eq!(numbers(b"", 2, width), [0, 0]);
        }
    }

    #[test]
    fn an_interrupt_is_heard_before_the_sort_ends() {
        let text = [vec![1; 1 << 20], vec![0]].concat();
        let raised = AtomicBool::new(true);
        let sort = |interrupt| sort_suffixes(buffer(&text), 0, NumberWidth::Four, interrupt);
        assert!(matches!(sort(Interrupt::new(&raised)), Err(Error::Cancelled)));
        assert_eq!(sort(Interrupt::never()).unwrap().suffixes.len(), 4 * text.len());
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
            let mut expected: Vec<u64> = (0..text.len() as u64).collect();
            expected.sort_by_key(|&start| keys[start as usize..=end_of(start as usize)].to_vec());
            prop_assert_eq!(numbers(&text, 0, NumberWidth::Four), expected.clone());
            prop_assert_eq!(numbers(&text, 0, NumberWidth::Eight), expected);
        }
    }
}
