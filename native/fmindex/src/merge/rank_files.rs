//! How is the BWT of merged rows encoded, without holding it?
//!
//! A superblock at a time: its rows are decoded from the shards in their order, encoded, and appended to files. Superblocks
//! are encoded side by side and written one after the other.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::kept_rows::KeptRows;
use super::order::{Order, REST_COST};
use super::samples::{RowSamples, SampleTaker, SampledRow};
use super::scratch::ScratchFile;
use super::source::Source;
use super::workers::Crew;
use crate::error::{Error, Result};
use crate::rank::run_head::{
    EncodeOptions, EncodedSuperblock, PADDING_BYTES, RankBuilder, RankSections, SUPERBLOCK_ROWS,
};
use crate::section::Section;

/// What is encoded: rows in their order, of these shards.
pub(super) struct MergedRows<'a> {
    pub order: &'a Order,
    /// All shards of the merge: the order names them by their number.
    pub sources: &'a [Source],
}

impl MergedRows<'_> {
    /// Encodes the rows into mapped files, and hands the samples of each row to `taker` when there is one. O(rows).
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Damaged`] when the samples are not of the rows; [`Error::Cancelled`].
    pub fn encode(
        &self,
        options: EncodeOptions,
        mut taker: Option<&mut SampleTaker<'_>>,
        crew: &Crew<'_>,
    ) -> Result<RankSections> {
        let mut builder = RankBuilder::new(options)?;
        let starts = self.count_starts(crew)?;
        let mut records = SectionFile::create(crew.folder, "records")?;
        let mut entries = SectionFile::create(crew.folder, "entries")?;
        let mut groups = SectionFile::create(crew.folder, "groups")?;
        let superblocks: Vec<usize> = (0..starts.len()).collect();
        for round in superblocks.chunks(crew.threads.max(1)) {
            crew.interrupt.check()?;
            (crew.report)();
            let samples = taker.as_deref().map(SampleTaker::samples);
            let run = |superblock: usize| self.encode_superblock(superblock, &starts, &builder, samples);
            let run = &run;
            let encoded = std::thread::scope(|scope| {
                let workers: Vec<_> = round.iter().map(|&superblock| scope.spawn(move || run(superblock))).collect();
                let join = |worker: std::thread::ScopedJoinHandle<'_, _>| {
                    worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                };
                workers.into_iter().map(join).collect::<Result<Vec<_>>>()
            })?;
            for (superblock, sampled) in encoded {
                if let Some(taker) = taker.as_deref_mut() {
                    taker.take(&sampled)?;
                }
                let placed = builder.place(superblock);
                records.append(&placed.records)?;
                entries.append(&placed.entries)?;
                groups.append(&placed.groups)?;
                // A superblock has at most this many rows; the last one tells no more than that it is done.
                crew.done.fetch_add(SUPERBLOCK_ROWS as u64 * REST_COST, Ordering::Relaxed);
            }
        }
        entries.append(&[0; PADDING_BYTES])?;
        groups.append(&[0; PADDING_BYTES])?;
        Ok(RankSections {
            header: Section::from_vec(builder.finish()),
            records: records.file.map()?,
            entries: entries.file.map()?,
            groups: groups.file.map()?,
        })
    }

    /// For each superblock the rows of each shard before it.
    fn count_starts(&self, crew: &Crew<'_>) -> Result<Vec<Vec<u64>>> {
        let rows = self.order.rows();
        let count = rows.div_ceil(SUPERBLOCK_ROWS as u64) as usize;
        let next = AtomicUsize::new(0);
        let counted = crew.run(|worker| {
            let (mut counted, mut shards) = (Vec::new(), Vec::new());
            loop {
                worker.check()?;
                let superblock = next.fetch_add(1, Ordering::Relaxed);
                if superblock >= count {
                    return Ok(counted);
                }
                self.order.read(rows_of(superblock, rows), &mut shards)?;
                let mut counts = [[0u32; 256]; 2];
                let (pairs, rest) = shards.as_chunks::<2>();
                for &[left, right] in pairs {
                    counts[0][usize::from(left)] += 1;
                    counts[1][usize::from(right)] += 1;
                }
                rest.iter().for_each(|&shard| counts[0][usize::from(shard)] += 1);
                counted.push((superblock, counts));
            }
        })?;
        let mut in_order = vec![[[0u32; 256]; 2]; count];
        for (superblock, counts) in counted.into_iter().flatten() {
            in_order[superblock] = counts;
        }
        let mut before = vec![0u64; self.sources.len()];
        Ok(in_order
            .iter()
            .map(|counts| {
                let start = before.clone();
                for (shard, before) in before.iter_mut().enumerate() {
                    *before += u64::from(counts[0][shard]) + u64::from(counts[1][shard]);
                }
                start
            })
            .collect())
    }

    fn encode_superblock(
        &self,
        superblock: usize,
        starts: &[Vec<u64>],
        builder: &RankBuilder,
        samples: Option<RowSamples<'_>>,
    ) -> Result<(EncodedSuperblock, Vec<SampledRow>)> {
        let mut shards = Vec::new();
        let rows = rows_of(superblock, self.order.rows());
        self.order.read(rows.clone(), &mut shards)?;
        let mut cursors: Vec<Option<KeptRows<'_>>> = self.sources.iter().map(|_| None).collect();
        let mut bwt = Vec::with_capacity(shards.len());
        for &shard in &shards {
            let shard = usize::from(shard);
            let Some(slot) = cursors.get_mut(shard) else {
                return Err(Error::Argument(format!("there is no shard {shard}")));
            };
            let cursor = slot.get_or_insert_with(|| KeptRows::new(&self.sources[shard], starts[superblock][shard]));
            bwt.push(cursor.next());
        }
        let sampled = match samples {
            Some(samples) => samples.find(&shards, rows.start, &starts[superblock])?,
            None => Vec::new(),
        };
        Ok((builder.encode_superblock(&bwt), sampled))
    }
}

fn rows_of(superblock: usize, rows: u64) -> std::ops::Range<u64> {
    let start = (superblock * SUPERBLOCK_ROWS) as u64;
    start..rows.min(start + SUPERBLOCK_ROWS as u64)
}

struct SectionFile {
    file: ScratchFile,
    bytes: u64,
}

impl SectionFile {
    fn create(folder: &Path, name: &str) -> Result<Self> {
        Ok(Self { file: ScratchFile::create(folder, name)?, bytes: 0 })
    }

    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_at(bytes, self.bytes)?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }
}
