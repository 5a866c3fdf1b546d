//! How long do tokens take to become a shard file, and how much memory?

use std::io::{BufReader, Read};
use std::path::Path;
use std::time::Instant;

use fmindex::builder::{BuildOptions, TokenDocument, TokenSpoolWriter, build_shard};
use fmindex::error::{Error, Result};
use fmindex::format::Profile;
use fmindex::interrupt::Interrupt;
use fmindex::rank::Symbol;

use crate::clock::{peak_bytes, process_seconds};

/// Spools the tokens, then measures from the spool to the synced file.
pub fn run(tokens_path: &Path, shard_path: &Path, profile: &str) -> Result<()> {
    let profile = Profile::from_name(profile)?;
    let spool_path = shard_path.with_extension("spool");
    let vocabulary = Some(spool_tokens(tokens_path, &spool_path)?);
    let (start, cpu_start) = (Instant::now(), process_seconds());
    let options = BuildOptions { profile, vocabulary, ..BuildOptions::default() };
    let built = build_shard(&spool_path, shard_path, options, Interrupt::never(), &|_, _| ())?;
    let (seconds, cpu_seconds) = (start.elapsed().as_secs_f64(), process_seconds() - cpu_start);
    std::fs::remove_file(&spool_path).map_err(|error| Error::io(&spool_path, error))?;
    let (index_bytes, tokens, peak) = (built.file_bytes, built.symbol_count, peak_bytes());
    println!(
        r#"{{"seconds":{seconds:.3},"cpuSeconds":{cpu_seconds:.3},"indexBytes":{index_bytes},"tokens":{tokens},"peakBytes":{peak}}}"#
    );
    Ok(())
}

/// Returns the least vocabulary.
fn spool_tokens(tokens_path: &Path, spool_path: &Path) -> Result<u32> {
    let io = |error| Error::io(tokens_path, error);
    let mut input = BufReader::with_capacity(1 << 20, std::fs::File::open(tokens_path).map_err(io)?);
    let mut writer = TokenSpoolWriter::create(Some(spool_path), &[])?;
    let mut document: Option<Vec<u32>> = None;
    let mut id = [0; 4];
    loop {
        let is_over = input.read_exact(&mut id).is_err();
        let id = u32::from_le_bytes(id);
        if is_over || id == u32::SEPARATOR {
            if let Some(tokens) = document.replace(Vec::new()) {
                writer.append(TokenDocument { tokens: &tokens, ..TokenDocument::default() })?;
            }
            if is_over {
                return Ok(writer.seal()?.least_vocabulary);
            }
        } else if let Some(document) = &mut document {
            document.push(id);
        }
    }
}
