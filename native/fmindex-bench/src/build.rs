//! How long does a text take to become a shard file, and how much memory?

use std::path::Path;
use std::time::Instant;

use fmindex::builder::{BuildOptions, SpoolDocument, SpoolWriter, build_shard};
use fmindex::error::{Error, Result};
use fmindex::interrupt::Interrupt;
use fmindex::rank::SEPARATOR;

use crate::clock::{peak_bytes, process_seconds};

/// Spools the text, then measures from the spool to the synced file: one thread, as the peer.
pub fn run(text_path: &Path, shard_path: &Path, text_store: bool) -> Result<()> {
    let spool_path = shard_path.with_extension("spool");
    let symbols = spool_text(text_path, &spool_path)?;
    let (start, cpu_start) = (Instant::now(), process_seconds());
    let options = BuildOptions { text_store, ..BuildOptions::default() };
    let built = build_shard(&spool_path, shard_path, options, Interrupt::never(), &|_, _| ())?;
    let (seconds, cpu_seconds) = (start.elapsed().as_secs_f64(), process_seconds() - cpu_start);
    std::fs::remove_file(&spool_path).map_err(|error| Error::io(&spool_path, error))?;
    let (index_bytes, checksum, peak) = (built.file_bytes, built.checksum, peak_bytes());
    println!(
        r#"{{"seconds":{seconds:.3},"cpuSeconds":{cpu_seconds:.3},"indexBytes":{index_bytes},"symbols":{symbols},"checksum":"{checksum}","peakBytes":{peak}}}"#
    );
    Ok(())
}

/// Returns the text's bytes. The text is read in pieces, so that it does not count in the peak.
fn spool_text(text_path: &Path, spool_path: &Path) -> Result<u64> {
    use std::io::BufRead;
    let file = std::fs::File::open(text_path).map_err(|error| Error::io(text_path, error))?;
    let mut writer = SpoolWriter::create(Some(spool_path), &[])?;
    let mut reader = std::io::BufReader::with_capacity(1 << 20, file);
    let mut document = Vec::new();
    let mut symbols = 0;
    let mut is_first = true;
    loop {
        document.clear();
        let read = reader.read_until(SEPARATOR, &mut document).map_err(|error| Error::io(text_path, error))?;
        if read == 0 {
            break;
        }
        symbols += read as u64;
        if document.last() == Some(&SEPARATOR) {
            document.pop();
        }
        // Before the first separator there is no document.
        if !std::mem::take(&mut is_first) {
            writer.append(SpoolDocument { text: &document, ..SpoolDocument::default() })?;
        }
    }
    writer.seal()?;
    Ok(symbols)
}
