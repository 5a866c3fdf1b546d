//! How many pages of the shard does a count touch?
//!
//! The processor marks each page that it reads. Linux clears the marks (`/proc/self/clear_refs`) and counts them a
//! mapping (`/proc/self/smaps`). The shard lies in small pages of memory, so no disk and no page cache has a part in it.

use std::fs;
use std::ops::Range;
use std::path::Path;

use fmindex::error::{Error, Result};
use fmindex::interrupt::Interrupt;
use fmindex::search::{StepMeter, count_batch};
use fmindex::shard::Shard;

use crate::workload::{Query, read_groups};

const PATTERN_BYTES: u64 = 50;
const MAX_QUERIES: usize = 200;
const PAGE_BYTES: usize = 4096;
/// The sections that are asked for when a shard is mapped: counts, those of the rank structure but its groups, prefixes.
const RESIDENT_SECTIONS: [u32; 6] = [1, 2, 3, 4, 23, 24];

/// Pages of the shard that were read.
struct TouchedPages {
    all: usize,
    /// Those of sections that no one asked for when the shard was opened, so a cold count waits for them.
    cold: usize,
}

pub fn run(shard_path: &Path, workload_path: &Path) -> Result<()> {
    // SAFETY: the call takes numbers alone. It may fail where large pages are not given anyway.
    unsafe { libc::prctl(libc::PR_SET_THP_DISABLE, 1, 0, 0, 0) };
    let bytes = fs::read(shard_path).map_err(|error| Error::io(shard_path, error))?;
    let memory = bytes.as_ptr_range();
    let memory = memory.start.addr()..memory.end.addr();
    mark_resident(&bytes);
    let shard = Shard::open_bytes(bytes)?;
    let groups = read_groups(workload_path)?;
    let group = groups.iter().find(|group| group.kind == "count" && group.length == PATTERN_BYTES);
    let mut touched = Vec::new();
    for query in group.iter().flat_map(|group| &group.queries).take(MAX_QUERIES) {
        let Query::Count(pattern) = query else { continue };
        let clear_refs = Path::new("/proc/self/clear_refs");
        fs::write(clear_refs, "1").map_err(|error| Error::io(clear_refs, error))?;
        count_batch(&shard, &[pattern], &mut StepMeter::new(Interrupt::never()))?;
        touched.push(read_touched(&memory)?);
    }
    let median = |pages: fn(&TouchedPages) -> usize| {
        let mut pages: Vec<usize> = touched.iter().map(pages).collect();
        pages.sort_unstable();
        pages.get(pages.len() / 2).copied().unwrap_or(0)
    };
    let (queries, all, cold) = (touched.len(), median(|touched| touched.all), median(|touched| touched.cold));
    println!(
        r#"{{"kind":"pages","length":{PATTERN_BYTES},"queries":{queries},"medianPages":{all},"medianColdPages":{cold}}}"#
    );
    Ok(())
}

/// Splits the mapping of `file` so that its resident sections are counted apart: they are marked as read in order.
fn mark_resident(file: &[u8]) {
    let number = |at: usize, bytes: usize| {
        let field = file.get(at..at + bytes).unwrap_or_default();
        field.iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte))
    };
    for section in 0..number(16, 4) {
        let at = 64 + 32 * section;
        if RESIDENT_SECTIONS.contains(&(number(at, 4) as u32)) {
            let start = file.as_ptr().wrapping_add(number(at + 8, 8)).addr();
            let end = start + number(at + 16, 8);
            let pages = start.next_multiple_of(PAGE_BYTES)..end & !(PAGE_BYTES - 1);
            // SAFETY: advice on the order of reads changes no memory, and the kernel checks the addresses.
            unsafe { libc::madvise(pages.start as *mut _, pages.len(), libc::MADV_SEQUENTIAL) };
        }
    }
}

/// Sums the mappings inside `memory`. Those of resident sections are marked `sr`, for reads in sequence.
fn read_touched(memory: &Range<usize>) -> Result<TouchedPages> {
    let smaps = Path::new("/proc/self/smaps");
    let text = fs::read_to_string(smaps).map_err(|error| Error::io(smaps, error))?;
    let (mut is_shard, mut here) = (false, 0);
    let mut touched = TouchedPages { all: 0, cold: 0 };
    for line in text.lines() {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("Referenced:") => {
                here = words.next().and_then(|kib| kib.parse().ok()).unwrap_or(0) * 1024 / PAGE_BYTES
            }
            Some("VmFlags:") if is_shard => {
                touched.all += here;
                touched.cold += if words.any(|flag| flag == "sr") { 0 } else { here };
            }
            // The line that names a mapping begins with its addresses.
            Some(word) if !word.ends_with(':') => {
                let address = |digits: &str| usize::from_str_radix(digits, 16).ok();
                let bounds = word.split_once('-').and_then(|(start, end)| Some(address(start)?..address(end)?));
                is_shard = bounds.is_some_and(|bounds| bounds.start < memory.end && memory.start < bounds.end);
            }
            _ => {}
        }
    }
    Ok(touched)
}
