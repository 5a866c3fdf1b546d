//! How does a thread that waits cancel one that works?

use napi_derive::napi;

use crate::guard::{Code, Result, guard};
use crate::numbers::to_whole;
use crate::ticket_table::{self, SLOTS};

/// Phase and share done of a build.
#[napi(object, object_from_js = false)]
pub struct BuildProgress {
    pub phase: String,
    pub share: f64,
}

#[napi(catch_unwind)]
pub fn take_ticket() -> Result<f64> {
    let ticket = guard(|| Ok(ticket_table::take()))?;
    let ticket =
        ticket.ok_or_else(|| napi::Error::new(Code("overloaded"), format!("all {SLOTS} tickets are taken")))?;
    Ok(ticket as f64)
}

#[napi(catch_unwind)]
pub fn cancel_ticket(ticket: f64) -> Result<()> {
    guard(|| ticket_table::cancel(to_whole("ticket", ticket)?))
}

#[napi(catch_unwind)]
pub fn release_ticket(ticket: f64) -> Result<()> {
    guard(|| ticket_table::release(to_whole("ticket", ticket)?))
}

#[napi(catch_unwind)]
pub fn read_progress(ticket: f64) -> Result<BuildProgress> {
    guard(|| {
        let progress = ticket_table::progress(to_whole("ticket", ticket)?)?;
        Ok(BuildProgress { phase: progress.phase.to_owned(), share: progress.share })
    })
}
