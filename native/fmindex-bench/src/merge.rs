//! How long do shards take to become one, and how much memory?

use std::path::Path;
use std::time::Instant;

use fmindex::error::{Error, Result};
use fmindex::interrupt::Interrupt;
use fmindex::merge::{MergeInput, MergeOptions, merge_shards};

use crate::clock::{peak_bytes, process_seconds};

/// Measures from the shards to the synced file.
pub fn run(shard_path: &Path, memory_bytes: &str, threads: &str, inputs: &[&str]) -> Result<()> {
    let number = |name: &str, text: &str| {
        text.parse::<u64>().map_err(|_| Error::Argument(format!("{name} is {text}, not a whole number")))
    };
    let scratch = shard_path.with_extension("scratch");
    std::fs::create_dir_all(&scratch).map_err(|error| Error::io(&scratch, error))?;
    let options = MergeOptions {
        threads: number("THREADS", threads)? as usize,
        memory_bytes: number("MEMORY", memory_bytes)?,
        scratch: scratch.clone(),
    };
    let inputs: Vec<_> = inputs.iter().map(|path| MergeInput { path: path.into(), dropped: Vec::new() }).collect();
    let (start, cpu_start) = (Instant::now(), process_seconds());
    let merged = merge_shards(&inputs, shard_path, &options, Interrupt::never(), &|_, _| ())?;
    let (seconds, cpu_seconds) = (start.elapsed().as_secs_f64(), process_seconds() - cpu_start);
    std::fs::remove_dir(&scratch).map_err(|error| Error::io(&scratch, error))?;
    let (index_bytes, checksum, peak) = (merged.file_bytes, merged.checksum, peak_bytes());
    println!(
        r#"{{"seconds":{seconds:.3},"cpuSeconds":{cpu_seconds:.3},"indexBytes":{index_bytes},"checksum":"{checksum}","peakBytes":{peak}}}"#
    );
    Ok(())
}
