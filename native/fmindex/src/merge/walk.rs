//! Before which row of one side does each row of the other stand?
//!
//! Each document is a walk through the ranks of the other side. A walk waits for memory at every symbol, so many go side
//! by side. A long document is cut into segments: where the text before a border occurs nowhere on the other side, the row
//! of the border is known without walking there; where it does occur, as in a copy, the segment before goes on.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::search_side::SearchSide;
use super::source::Source;
use super::spill::{Spill, SpillWriter};
use super::work::cost;
use super::workers::Crew;
use crate::error::Result;
use crate::rank::run_head::RowQuery;
use crate::section::Section;

/// Walks side by side on a thread.
const LANES: usize = 128;
/// Text of a segment, and of documents that are handed out together.
const SEGMENT_BYTES: u64 = 1 << 16;
/// A longer document is cut.
const WHOLE_BYTES: u64 = 4 * SEGMENT_BYTES;
/// Text before a border that is looked at, at first and at most.
const CONTEXT_BYTES: [usize; 4] = [24, 96, 768, 6144];

/// A shard whose documents are walked, and their text.
pub(super) struct WalkedText<'a> {
    pub source: &'a Source,
    pub text: &'a Section,
}

/// What is handed out to a thread.
enum Part<'a> {
    /// Documents of a shard, those that are dropped to be passed over.
    Documents { walked: &'a WalkedText<'a>, first: u64, end: u64 },
    /// A part of a long document, from a border on the row of which is known: the first part from the start.
    Segment { text: &'a [u8], row: Option<u64> },
}

/// Walks all documents through `side`, which has documents before them or after, and writes the rows that it finds.
///
/// # Errors
/// [`crate::error::Error::Io`], [`crate::error::Error::Cancelled`].
pub(super) fn walk_documents(
    side: &SearchSide<'_>,
    is_after: bool,
    walked: &[WalkedText<'_>],
    spill: &Spill,
    crew: &Crew<'_>,
) -> Result<()> {
    let start_row = side.start_row(is_after);
    let parts = list_parts(side, walked);
    let next = AtomicUsize::new(0);
    crew.run(|worker| {
        let mut walks = Walks { parts: &parts, next: &next, documents: None, start_row, texts: Vec::new() };
        let mut writer = spill.writer();
        let mut queries = Vec::new();
        while walks.texts.len() < LANES && walks.start(None, &mut queries, &mut writer)? {}
        let mut steps = 0;
        while !queries.is_empty() {
            if steps % 1024 == 0 {
                worker.check()?;
            }
            steps += 1;
            for (query, text) in queries.iter_mut().zip(&walks.texts) {
                query.symbol = text[0];
            }
            side.step(&mut queries);
            worker.add_work(queries.len() as u64 * cost::WALK);
            // From the last on, so that one that ends makes room for one that was looked at.
            for lane in (0..queries.len()).rev() {
                writer.push(queries[lane].row)?;
                let text = walks.texts[lane];
                if text.len() > 1 {
                    walks.texts[lane] = &text[1..];
                } else if !walks.start(Some(lane), &mut queries, &mut writer)? {
                    queries.swap_remove(lane);
                    walks.texts.swap_remove(lane);
                }
            }
        }
        writer.finish()
    })?;
    Ok(())
}

/// The walks of a thread.
struct Walks<'a> {
    parts: &'a [Part<'a>],
    /// The next part that nobody has taken.
    next: &'a AtomicUsize,
    /// What is left of the documents that were taken.
    documents: Option<(&'a WalkedText<'a>, std::ops::Range<u64>)>,
    start_row: u64,
    /// What each walk has still to read, not empty.
    texts: Vec<&'a [u8]>,
}

impl<'a> Walks<'a> {
    /// Starts the next walk, in a lane that ended or in a new one; false when there is none any more. Documents without
    /// text are done at once.
    fn start(
        &mut self,
        lane: Option<usize>,
        queries: &mut Vec<RowQuery>,
        writer: &mut SpillWriter<'_>,
    ) -> Result<bool> {
        loop {
            let (text, row) = match self.next_document() {
                Some(text) => {
                    writer.push(self.start_row)?;
                    (text, self.start_row)
                }
                None => match self.parts.get(self.next.fetch_add(1, Ordering::Relaxed)) {
                    None => return Ok(false),
                    Some(Part::Segment { text, row: Some(row) }) => (*text, *row),
                    Some(Part::Segment { text, row: None }) => {
                        writer.push(self.start_row)?;
                        (*text, self.start_row)
                    }
                    Some(Part::Documents { walked, first, end }) => {
                        self.documents = Some((walked, *first..*end));
                        continue;
                    }
                },
            };
            if text.is_empty() {
                continue;
            }
            let query = RowQuery { symbol: 0, row };
            match lane {
                Some(lane) => (self.texts[lane], queries[lane]) = (text, query),
                None => {
                    self.texts.push(text);
                    queries.push(query);
                }
            }
            return Ok(true);
        }
    }

    /// The text of the next document.
    fn next_document(&mut self) -> Option<&'a [u8]> {
        let (walked, documents) = self.documents.as_mut()?;
        let document = documents.find(|&document| walked.source.keeps_document(document));
        let Some(document) = document else {
            self.documents = None;
            return None;
        };
        Some(text_of(walked, document))
    }
}

fn text_of<'a>(walked: &WalkedText<'a>, document: u64) -> &'a [u8] {
    let range = walked.source.text_range(document);
    walked.text.get(range.start as usize..range.end as usize).unwrap_or_default()
}

/// Long documents first, each in its segments, then the others.
fn list_parts<'a>(side: &SearchSide<'_>, walked: &'a [WalkedText<'a>]) -> Vec<Part<'a>> {
    let (mut long, mut short) = (Vec::new(), Vec::new());
    for walked in walked {
        let (mut first, mut bytes) = (0, 0);
        for (document, text_bytes) in (0..).zip(walked.source.file.documents.offsets.lengths()) {
            bytes += text_bytes + 1;
            if text_bytes > WHOLE_BYTES && walked.source.keeps_document(document) {
                short.push(Part::Documents { walked, first, end: document });
                cut_document(side, text_of(walked, document), &mut long);
            } else if bytes >= SEGMENT_BYTES {
                short.push(Part::Documents { walked, first, end: document + 1 });
            } else {
                continue;
            }
            (first, bytes) = (document + 1, 0);
        }
        short.push(Part::Documents { walked, first, end: walked.source.file.counts.documents });
    }
    long.append(&mut short);
    long
}

/// Cuts a document into segments. The row of a border was found already by the segment before it.
fn cut_document<'a>(side: &SearchSide<'_>, text: &'a [u8], parts: &mut Vec<Part<'a>>) {
    let (mut start, mut row) = (0, None);
    for border in (SEGMENT_BYTES as usize..text.len()).step_by(SEGMENT_BYTES as usize) {
        let contexts = CONTEXT_BYTES.iter().map(|bytes| &text[border - bytes..border]);
        if let Some(found) = contexts.into_iter().find_map(|context| side.find_row(context)) {
            parts.push(Part::Segment { text: &text[start..border], row });
            (start, row) = (border, Some(found));
        }
    }
    parts.push(Part::Segment { text: &text[start..], row });
}
