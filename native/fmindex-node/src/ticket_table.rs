//! Which calls does nobody wait for any more, and how far is a build?
//!
//! A blocked thread hears no message, so another thread raises a flag in this table of the whole process. A ticket
//! names a slot and its turn: one that was given back is known as such, and cannot cancel the call that got the slot
//! after it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use fmindex::error::{Error, Result};
use fmindex::interrupt::Interrupt;

/// Tickets at a time.
pub const SLOTS: usize = 4096;

static CANCELLED: [AtomicBool; SLOTS] = [const { AtomicBool::new(false) }; SLOTS];
static TABLE: Mutex<Table> = Mutex::new(Table { slots: Vec::new(), free: Vec::new() });

/// Where a build is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    pub phase: &'static str,
    /// Share of the phase that is done, 0..1.
    pub share: f64,
}

const NOT_STARTED: Progress = Progress { phase: "waiting", share: 0.0 };

struct Slot {
    /// How often the slot was taken.
    turn: u64,
    is_taken: bool,
    progress: Progress,
}

struct Table {
    slots: Vec<Slot>,
    free: Vec<usize>,
}

/// A free ticket, or `None` when all are taken. Never 0.
pub fn take() -> Option<u64> {
    let mut table = lock();
    let index = match table.free.pop() {
        Some(index) => index,
        None if table.slots.len() < SLOTS => {
            table.slots.push(Slot { turn: 0, is_taken: false, progress: NOT_STARTED });
            table.slots.len() - 1
        }
        None => return None,
    };
    let slot = &mut table.slots[index];
    *slot = Slot { turn: slot.turn + 1, is_taken: true, progress: NOT_STARTED };
    CANCELLED[index].store(false, Ordering::Relaxed);
    Some(slot.turn * SLOTS as u64 + index as u64)
}

/// Raises the flag of a ticket. One that was given back already is left alone: the call was over.
///
/// # Errors
/// [`Error::Argument`] when there never was such a ticket.
pub fn cancel(ticket: u64) -> Result<()> {
    if let Some((index, _)) = find(&mut lock(), ticket)? {
        CANCELLED[index].store(true, Ordering::Relaxed);
    }
    Ok(())
}

/// Gives a ticket back. Twice is as good as once.
///
/// # Errors
/// As [`cancel`].
pub fn release(ticket: u64) -> Result<()> {
    let mut table = lock();
    if let Some((index, slot)) = find(&mut table, ticket)? {
        slot.is_taken = false;
        table.free.push(index);
    }
    Ok(())
}

/// The flag of a ticket; ticket 0 is never raised.
///
/// # Errors
/// [`Error::Argument`] when the ticket is not taken.
pub fn interrupt(ticket: u64) -> Result<Interrupt<'static>> {
    if ticket == 0 {
        return Ok(Interrupt::never());
    }
    match find(&mut lock(), ticket)? {
        Some((index, _)) => Ok(Interrupt::new(&CANCELLED[index])),
        None => Err(given_back(ticket)),
    }
}

/// Notes how far the build under `ticket` is. Nothing is noted for ticket 0.
pub fn report(ticket: u64, progress: Progress) {
    if let Ok(Some((_, slot))) = find(&mut lock(), ticket) {
        slot.progress = progress;
    }
}

/// How far the build under `ticket` is.
///
/// # Errors
/// [`Error::Argument`] when the ticket is not taken.
pub fn progress(ticket: u64) -> Result<Progress> {
    match find(&mut lock(), ticket)? {
        Some((_, slot)) => Ok(slot.progress),
        None => Err(given_back(ticket)),
    }
}

/// The slot of a ticket while it is taken; `None` once it was given back.
fn find(table: &mut Table, ticket: u64) -> Result<Option<(usize, &mut Slot)>> {
    let (turn, index) = (ticket / SLOTS as u64, (ticket % SLOTS as u64) as usize);
    match table.slots.get_mut(index) {
        Some(slot) if turn > 0 && turn <= slot.turn => {
            Ok((slot.is_taken && turn == slot.turn).then_some((index, slot)))
        }
        _ => Err(Error::Argument(format!("there is no ticket {ticket}: takeTicket gives them out"))),
    }
}

fn given_back(ticket: u64) -> Error {
    Error::Argument(format!("ticket {ticket} was given back: take one for each call"))
}

/// The table is whole after each line that changes it, so a panic elsewhere under the lock does not spoil it.
fn lock() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}
