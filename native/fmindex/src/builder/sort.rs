//! In which order do all suffixes of the text stand?
//!
//! By libsais in C, in its generalised form (see `sort_by_c`), or where none can be compiled by
//! [`induced_sort`](super::induced_sort). In both each zero byte ends a string and is smaller than every zero byte after it, and
//! no string is empty.

use super::large_buffer::LargeBuffer;
#[cfg(feature = "c")]
use super::sort_by_c::sort_on_thread as sort;
use crate::error::Result;
use crate::interrupt::Interrupt;

/// Bytes of a suffix's number: the narrow ones sort faster and take half the memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberWidth {
    /// For up to 2^31 symbols less some room.
    Four = 4,
    Eight = 8,
}

impl NumberWidth {
    /// The narrowest for so many symbols.
    pub fn of(symbols: u64) -> Self {
        if symbols <= super::plan::MAX_NARROW_SYMBOLS { Self::Four } else { Self::Eight }
    }
}

/// A text and the start of each of its suffixes, in their order.
pub(super) struct SortedText {
    pub text: LargeBuffer,
    /// `lead` zeros, then the starts; integers of the machine's byte order.
    pub suffixes: LargeBuffer,
    pub width: NumberWidth,
}

/// Sorts the suffixes of `text`, which ends with a zero byte and has no two together, and leaves room for `lead` numbers
/// before them. O(n), 4 or 8 bytes a byte, one thread.
///
/// # Errors
/// [`Error::Input`](crate::error::Error::Input) when the text is too long or holds an empty string, or memory is short;
/// [`Error::Cancelled`](crate::error::Error::Cancelled).
pub(super) fn sort_suffixes(
    text: LargeBuffer,
    lead: usize,
    width: NumberWidth,
    interrupt: Interrupt<'_>,
) -> Result<SortedText> {
    interrupt.check()?;
    sort(text, lead, width, interrupt)
}

#[cfg(not(feature = "c"))]
fn sort(text: LargeBuffer, lead: usize, width: NumberWidth, _interrupt: Interrupt<'_>) -> Result<SortedText> {
    use crate::error::Error;

    let no_memory = || Error::Input(format!("no memory to sort {} bytes", text.len()));
    let numbers = lead.checked_add(text.len()).filter(|_| width == NumberWidth::Four);
    let mut suffixes = LargeBuffer::new(numbers.and_then(|numbers| numbers.checked_mul(4)).ok_or_else(no_memory)?)?;
    // SAFETY: bytes make valid numbers.
    let (head, numbers, _) = unsafe { suffixes.align_to_mut::<u32>() };
    match numbers.get_mut(lead..).filter(|_| head.is_empty()) {
        Some(numbers) => super::induced_sort::sort_strings(&text, numbers)?,
        None => return Err(no_memory()),
    }
    Ok(SortedText { text, suffixes, width })
}
