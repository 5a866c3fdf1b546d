//! In which order do all suffixes of a text of tokens stand?
//!
//! By libsais' form for integers (induced sorting after Nong, Zhang, Chan 2009). Each document ends with a number of its
//! own: the separators are 0 to `m − 1` in the order of the documents, below the tokens, which are raised by `m`.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::interrupt::Interrupt;

/// Tokens and separators of a shard, at most: what 31 bits can number, with room for the sort.
pub const MAX_TOKEN_ROWS: u64 = (1 << 31) - (1 << 22);
/// Time between two looks at the flag.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// The text and the start of each of its suffixes, in their order.
pub(super) struct SortedTokens {
    pub text: Vec<i32>,
    pub suffixes: Vec<i32>,
}

/// Sorts the suffixes of `text`, of numbers below `limit`. O(n), one thread; memory for the suffixes and `limit` numbers.
///
/// The C code hears no interrupt, so it runs on a thread that is left behind when one comes; it keeps its memory until
/// it is through.
///
/// # Errors
/// [`Error::Input`] when memory is short; [`Error::Cancelled`].
pub(super) fn sort_tokens(text: Vec<i32>, limit: u64, interrupt: Interrupt<'_>) -> Result<SortedTokens> {
    let (sender, sorted) = mpsc::sync_channel(1);
    // Nobody listens any more when the build was cancelled.
    let run = move || sender.send(sort(text, limit)).unwrap_or(());
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

fn sort(mut text: Vec<i32>, limit: u64) -> Result<SortedTokens> {
    let len = text.len();
    let no_memory = || Error::Input(format!("no memory to sort {len} tokens"));
    let too_many = |_| Error::Input(format!("{len} tokens of {limit} kinds are too many to sort"));
    // With room for the borders of all kinds the sort takes no memory of its own.
    let (length, kinds) = (i32::try_from(len).map_err(too_many)?, i32::try_from(limit).map_err(too_many)?);
    let room = len.checked_add(kinds as usize).ok_or_else(no_memory)?;
    let mut suffixes = Vec::new();
    suffixes.try_reserve_exact(room).map_err(|_| no_memory())?;
    suffixes.resize(room, 0i32);
    if text.iter().any(|&symbol| symbol < 0 || symbol >= kinds) {
        return Err(Error::Input(format!("a token is not below {limit}")));
    }
    // SAFETY: `text` has `length` numbers from 0 to `kinds` and `suffixes` room for `length` + `kinds`. The sort changes
    // the text under way and puts it back.
    let status =
        unsafe { libsais_sys::libsais::libsais_int(text.as_mut_ptr(), suffixes.as_mut_ptr(), length, kinds, kinds) };
    if status != 0 {
        return Err(no_memory());
    }
    suffixes.truncate(len);
    suffixes.shrink_to_fit();
    Ok(SortedTokens { text, suffixes })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_interrupt_is_heard_before_the_sort_ends() {
        let text = vec![1; 1 << 20];
        let raised = AtomicBool::new(true);
        assert!(matches!(sort_tokens(text.clone(), 2, Interrupt::new(&raised)), Err(Error::Cancelled)));
        assert_eq!(sort_tokens(text, 2, Interrupt::never()).unwrap().suffixes.len(), 1 << 20);
    }

    #[test]
    fn numbers_past_the_limit_are_refused() {
        assert!(sort(vec![0, 3], 3).is_err());
        assert!(sort(vec![0, -1], 3).is_err());
        assert!(sort(vec![], 0).unwrap().suffixes.is_empty());
    }

    proptest! {
        #[test]
        fn suffixes_stand_in_order(text in proptest::collection::vec(0i32..6, 0..200)) {
            let sorted = sort(text.clone(), 6).unwrap();
            let mut expected: Vec<i32> = (0..text.len() as i32).collect();
            expected.sort_by_key(|&start| text[start as usize..].to_vec());
            prop_assert_eq!(sorted.suffixes, expected);
            prop_assert_eq!(sorted.text, text);
        }
    }
}
