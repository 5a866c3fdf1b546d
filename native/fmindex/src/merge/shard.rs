//! How do shard files become one?

use std::path::Path;
use std::sync::atomic::Ordering;

use super::documents::MergedDocuments;
use super::merged_text::MergedText;
use super::options::{MergeInput, MergeOptions};
use super::order::{MAX_SHARDS, Order, Through, interleave};
use super::rank_files::MergedRows;
use super::samples::SampleTaker;
use super::schedule::{Schedule, walks_left};
use super::scratch::ScratchFile;
use super::search_side::SearchSide;
use super::source::Source;
use super::spill::Spill;
use super::text::recover_text;
use super::walk::{WalkedText, walk_documents};
use super::work::{Work, cost};
use super::workers::Crew;
use crate::builder::{BuiltShard, RANK_SECTIONS, write_rank_sections, write_samples};
use crate::error::{Error, Result};
use crate::format::{Counts, ShardWriter, WrittenShard};
use crate::interrupt::Interrupt;
use crate::rank::run_head::{EncodeOptions, RunHeadIndex};
use crate::section::Section;
use crate::text_store::encode_text;

/// Share of the memory that the table of a shard whose text is got back may take, in percent.
const TABLE_PERCENT: u64 = 60;
/// Groups of what is merged on the way: those that are ranked fastest.
const STEP_GROUPS: EncodeOptions = EncodeOptions { group_bits: 10 };

/// Merges shards of text, in order, into a new file at `shard_path`, synced: the one that [`crate::builder::build_shard`]
/// writes of their documents, byte for byte, but for documents that are left out. `progress` hears the phase (`check`,
/// `read`, `walk`, `encode`, `write`) and how much of all is done. One rank a symbol for most of them, and O(n) besides;
/// for memory see [`super::estimate_merge_bytes`]. When it fails no file is left.
///
/// # Errors
/// [`Error::Damaged`] for a shard that does not match its checksums; [`Error::Argument`] for shards of tokens or of
/// different options, and for more than 255; [`Error::Io`]; [`Error::Cancelled`].
pub fn merge_shards(
    inputs: &[MergeInput],
    shard_path: &Path,
    options: &MergeOptions,
    interrupt: Interrupt<'_>,
    progress: &dyn Fn(&'static str, f64),
) -> Result<BuiltShard> {
    let merged = merge(inputs, shard_path, options, interrupt, progress);
    if merged.is_err() {
        // Best effort: the file does not open as a shard anyway.
        let _ = std::fs::remove_file(shard_path);
    }
    merged
}

fn merge(
    inputs: &[MergeInput],
    shard_path: &Path,
    options: &MergeOptions,
    interrupt: Interrupt<'_>,
    progress: &dyn Fn(&'static str, f64),
) -> Result<BuiltShard> {
    if inputs.is_empty() || inputs.len() > MAX_SHARDS {
        return Err(Error::Argument(format!("{} shards: from 1 to {MAX_SHARDS} are merged at once", inputs.len())));
    }
    progress("check", 0.0);
    let sources = inputs.iter().map(|input| Source::open(input, interrupt)).collect::<Result<Vec<_>>>()?;
    let keeps_text = sources[0].file.text.is_some();
    let rows: Vec<u64> = sources.iter().map(Source::kept_row_count).collect();
    let Some(schedule) = Schedule::plan(&rows) else { return Err(Error::Argument("there are no shards".into())) };
    let work = Work::new(count_work(&schedule, &rows, keeps_text), progress);
    let merging = Merging { sources: &sources, rows: &rows, options, interrupt, work: &work };

    let documents = MergedDocuments::read(&sources, interrupt)?;
    let texts = merging.recover_texts(&schedule, keeps_text)?;
    let text = match keeps_text {
        true => Some(merging.compress(&texts)?),
        false => None,
    };
    let (sections, counts, offsets) = documents.into_sections(text);
    let mut writer = ShardWriter::create(shard_path, sections.section_count_with(RANK_SECTIONS))?;
    sections.write(&mut writer)?;

    let order = merging.order_of(&schedule, &texts)?;
    drop(texts);
    let mut taker = SampleTaker::new(&sources, &offsets, counts.sa_rate, counts.isa_rate)?;
    let encoding = EncodeOptions { group_bits: counts.profile.group_bits() };
    let merged = MergedRows { order: &order, sources: &sources };
    let report = || work.report("encode");
    let rank = merged.encode(encoding, Some(&mut taker), &merging.crew(&report))?;
    work.report("write");
    write_samples(&mut writer, &taker.finish()?)?;
    write_rank_sections(&mut writer, rank, &counts)?;
    let WrittenShard { checksum, file_bytes } = writer.finish()?;
    let Counts { documents, text_bytes, .. } = counts;
    Ok(BuiltShard { checksum, file_bytes, documents, text_bytes, symbol_count: text_bytes })
}

fn count_work(schedule: &Schedule, rows: &[u64], keeps_text: bool) -> u64 {
    let mut walked = vec![keeps_text; rows.len()];
    schedule.mark_walked(rows, &mut walked);
    let recovered: u64 = rows.iter().zip(walked).filter(|(_, is_walked)| *is_walked).map(|(rows, _)| rows).sum();
    let all: u64 = rows.iter().sum();
    // What a schedule of one shard does not count: that it is encoded.
    let alone = if rows.len() == 1 { all * cost::ENCODE } else { 0 };
    let compressed = if keeps_text { all * cost::COMPRESS } else { 0 };
    schedule.cost(rows) + recovered * cost::TEXT + alone + compressed
}

/// What all steps of a merge share.
struct Merging<'a> {
    sources: &'a [Source],
    /// Rows that are kept of each.
    rows: &'a [u64],
    options: &'a MergeOptions,
    interrupt: Interrupt<'a>,
    work: &'a Work<'a>,
}

impl Merging<'_> {
    fn crew<'b>(&'b self, report: &'b dyn Fn()) -> Crew<'b> {
        Crew {
            threads: self.options.threads,
            interrupt: self.interrupt,
            done: self.work.counter(),
            report,
            folder: &self.options.scratch,
        }
    }

    /// The text of each shard that is walked, or of all; nothing of the others.
    fn recover_texts(&self, schedule: &Schedule, takes_all: bool) -> Result<Vec<Section>> {
        let mut is_needed = vec![takes_all; self.sources.len()];
        schedule.mark_walked(self.rows, &mut is_needed);
        let report = || self.work.report("read");
        let recover = |(source, is_needed): (&Source, bool)| {
            if !is_needed {
                return Ok(Section::from_vec(Vec::new()));
            }
            recover_text(source, self.options.memory_bytes / 100 * TABLE_PERCENT, &self.crew(&report))
        };
        self.sources.iter().zip(is_needed).map(recover).collect()
    }

    fn compress(&self, texts: &[Section]) -> Result<crate::text_store::EncodedText> {
        let text = MergedText::new(self.sources, texts)?;
        let bytes = self.rows.iter().sum::<u64>() * cost::COMPRESS;
        let before = self.work.counter().load(Ordering::Relaxed);
        let compressing = |share: f64| {
            self.work.counter().store(before + (bytes as f64 * share) as u64, Ordering::Relaxed);
            self.work.report("compress");
        };
        encode_text(&text, self.options.threads, self.interrupt, &compressing)
    }

    /// The order of the rows of a part.
    fn order_of(&self, schedule: &Schedule, texts: &[Section]) -> Result<Order> {
        let (left, right) = match schedule {
            Schedule::Leaf(shard) => return Ok(Order::Alone { shard: *shard as u8, rows: self.rows[*shard] }),
            Schedule::Merge(left, right) => (left, right),
        };
        let walks_left = walks_left(left.rows(self.rows), right.rows(self.rows));
        let (walked, through) = if walks_left { (left, right) } else { (right, left) };
        let through_order = self.order_of(through, texts)?;
        let walked_order = self.order_of(walked, texts)?;
        let spill = match **through {
            Schedule::Leaf(shard) => {
                self.walk(&SearchSide::of_shard(&self.sources[shard]), !walks_left, walked, texts)?
            }
            Schedule::Merge(..) => {
                let merged = MergedRows { order: &through_order, sources: self.sources };
                let report = || self.work.report("encode");
                let sections = merged.encode(STEP_GROUPS, None, &self.crew(&report))?;
                let rank = RunHeadIndex::open(sections)?;
                let counts = self.count(through);
                let side = SearchSide::of_merged(&rank, counts.first_rows(), counts.documents);
                self.walk(&side, !walks_left, walked, texts)?
            }
        };
        let (source, row_count) = match **through {
            Schedule::Leaf(shard) => (Some(&self.sources[shard]), self.sources[shard].file.counts.row_count()),
            Schedule::Merge(..) => (None, through_order.rows()),
        };
        let through = Through { order: &through_order, source, row_count };
        let report = || self.work.report("walk");
        interleave(&through, &walked_order, &spill.finish(), &self.crew(&report))
    }

    fn walk(&self, side: &SearchSide<'_>, is_after: bool, walked: &Schedule, texts: &[Section]) -> Result<Spill> {
        let mut is_walked = vec![false; self.sources.len()];
        walked.mark(&mut is_walked);
        let walked: Vec<WalkedText<'_>> = self
            .sources
            .iter()
            .zip(texts)
            .zip(is_walked)
            .filter(|(_, is_walked)| *is_walked)
            .map(|((source, text), _)| WalkedText { source, text })
            .collect();
        let spill = Spill::new(ScratchFile::create(&self.options.scratch, "spill")?, side.row_count());
        let report = || self.work.report("walk");
        walk_documents(side, is_after, &walked, &spill, &self.crew(&report))?;
        Ok(spill)
    }

    /// Documents and bytes of a part.
    fn count(&self, part: &Schedule) -> Counts {
        let mut is_part = vec![false; self.sources.len()];
        part.mark(&mut is_part);
        let rates = &self.sources[0].file.counts;
        let mut counts = Counts { documents: 0, text_bytes: 0, byte_counts: [0; 256], ..rates.clone() };
        for (source, _) in self.sources.iter().zip(is_part).filter(|(_, is_part)| *is_part) {
            counts.documents += source.document_count();
            counts.byte_counts.iter_mut().zip(source.byte_counts).for_each(|(sum, count)| *sum += count);
        }
        counts
    }
}
