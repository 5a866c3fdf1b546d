//! How much time did a thread, or the process, use?

use libc::{CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID, clockid_t, timespec};

fn read_seconds(clock: clockid_t) -> f64 {
    let mut now = timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is a valid timespec and the clock is one that every Linux has.
    unsafe { libc::clock_gettime(clock, &raw mut now) };
    now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
}

/// CPU microseconds of the calling thread.
pub fn thread_micros() -> f64 {
    read_seconds(CLOCK_THREAD_CPUTIME_ID) * 1e6
}

/// CPU seconds of all threads of the process.
pub fn process_seconds() -> f64 {
    read_seconds(CLOCK_PROCESS_CPUTIME_ID)
}

/// Largest resident size of the process so far, bytes.
pub fn peak_bytes() -> u64 {
    // SAFETY: all-zero bytes are a valid rusage.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: `usage` is a valid place for the answer.
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) };
    usage.ru_maxrss as u64 * 1024
}
