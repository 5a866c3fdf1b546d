//! What can be asked of one shard?
//!
//! A shard is in memory whole, or comes in blocks ([`fmindex::paged`]). Of the second kind each method, and
//! [`Shard::open`], may have read bytes that were not there: then [`Shard::take_missing`] lists their blocks, and whatever the
//! method returned or threw is void.

use fmindex::error::{Error, Result};
use fmindex::format::{Container, SectionId};
use fmindex::interrupt::Interrupt;
use fmindex::paged::{PagedFile, forget_missing, is_missing};
use fmindex::search::{self, FoundRange, Matching, ShardView, StepMeter};
use fmindex::{format, shard};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::{JsResult, throwing};
use crate::numbers::{spell, to_numbers, to_ranges, to_size, to_texts, to_whole};

/// Sections up to this size are asked for whole when a shard is opened.
const SMALL_SECTION_BYTES: usize = 1 << 15;

#[wasm_bindgen]
pub struct Shard {
    shard: Option<shard::Shard>,
    /// Where its bytes come from, when they come in blocks.
    file: Option<PagedFile>,
    /// Patterns on their way: see [`Shard::count`].
    searches: Searches,
}

/// The patterns of a count that waits for blocks, and how far each has come.
#[derive(Default)]
struct Searches {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    each: Vec<Search>,
}

/// A pattern that is searched while blocks come.
#[derive(Clone)]
struct Search {
    lo: u64,
    hi: u64,
    pushed: usize,
}

fn meter() -> StepMeter<'static> {
    StepMeter::new(Interrupt::never())
}

#[wasm_bindgen]
impl Shard {
    /// A shard whose file is `bytes`, compared with its checksums.
    #[wasm_bindgen(js_name = fromBytes)]
    pub fn from_bytes(bytes: Vec<u8>) -> JsResult<Self> {
        throwing(|| {
            let shard = shard::Shard::open_bytes(bytes)?;
            shard.verify(false, Interrupt::never())?;
            Ok(Self { shard: Some(shard), file: None, searches: Searches::default() })
        })
    }

    /// Room for a shard of `file_bytes` that comes in blocks of 2^`block_bits`. Before it answers it must be opened.
    #[wasm_bindgen(js_name = inBlocks)]
    pub fn in_blocks(file_bytes: f64, block_bits: u32) -> JsResult<Self> {
        throwing(|| {
            let file = PagedFile::new(to_whole("fileBytes", file_bytes)?, block_bits)?;
            Ok(Self { shard: None, file: Some(file), searches: Searches::default() })
        })
    }

    /// Opens a shard that comes in blocks. Called until nothing is missing.
    pub fn open(&mut self) -> JsResult<()> {
        forget_missing();
        throwing(|| {
            let Some(file) = &self.file else { return Ok(()) };
            let container = Container::open_paged(file)?;
            // In one go: what each search reads, what is small, and where the others have their headers and directories.
            container.places(SectionId::is_resident).into_iter().for_each(|place| file.want(place));
            let is_sparse = |id: SectionId| id.is_read_in_pieces() || id == SectionId::RankGroups;
            for place in container.places(|id| !id.is_resident() && !is_sparse(id)) {
                if place.len() <= SMALL_SECTION_BYTES {
                    file.want(place);
                } else {
                    file.want(place.start..place.start + 1);
                    file.want(place.end - 1..place.end);
                }
            }
            if is_missing() {
                return Ok(());
            }
            self.shard = Some(shard::Shard::open(container)?);
            Ok(())
        })
    }

    /// The numbers of the blocks that were read and not there since the last call, rising.
    #[wasm_bindgen(js_name = takeMissing)]
    pub fn take_missing(&mut self) -> Vec<u32> {
        let missing = self.file.as_ref().map_or_else(Vec::new, PagedFile::take_missing);
        missing.into_iter().map(|block| block as u32).collect()
    }

    /// Puts a block in.
    pub fn put(&mut self, block: u32, bytes: &[u8]) -> JsResult<()> {
        throwing(|| match &self.file {
            // SAFETY: `&mut self` in the one thread that a module has: no other call is under way.
            Some(file) => unsafe { file.put(block as usize, bytes) },
            None => Ok(()),
        })
    }

    fn shard(&self) -> Result<&shard::Shard> {
        forget_missing();
        self.shard.as_ref().ok_or_else(|| Error::Argument("the shard is not open yet".into()))
    }

    /// The numbers of the shard, as JSON.
    pub fn info(&self) -> JsResult<String> {
        throwing(|| Ok(describe(&self.shard()?.info())))
    }

    /// Compares what is in memory with its checksums; `deep` also its sections with each other.
    pub fn verify(&self, deep: bool) -> JsResult<()> {
        throwing(|| self.shard()?.verify(deep, Interrupt::never()))
    }

    /// Occurrences of each pattern. The patterns stand back to back in `bytes` and end at `ends`. Of a shard that comes in
    /// blocks all patterns go as far as they can before the blocks that they lack are asked for together; called again
    /// with the same patterns they go on from there. Others begin anew: a caller may give up.
    pub fn count(&mut self, bytes: &[u8], ends: &[u32]) -> JsResult<Vec<f64>> {
        let mut searches = std::mem::take(&mut self.searches);
        throwing(|| {
            let shard = self.shard()?;
            let patterns = to_texts(bytes, ends)?;
            if self.file.is_none() {
                return Ok(to_numbers(search::count_batch(shard, &patterns, &mut meter())?));
            }
            if searches.bytes != bytes || searches.ends != ends {
                let each = vec![Search { lo: 0, hi: shard.row_count(), pushed: 0 }; patterns.len()];
                searches = Searches { bytes: bytes.to_vec(), ends: ends.to_vec(), each };
            }
            let mut is_any_missing = false;
            for (pattern, search) in patterns.iter().zip(&mut searches.each) {
                forget_missing();
                advance(shard, pattern, search)?;
                is_any_missing |= is_missing();
            }
            if is_any_missing {
                self.searches = searches;
                return Ok(Vec::new());
            }
            let count = |(pattern, search): (&&[u8], &Search)| match pattern.is_empty() {
                true => shard.symbol_count(),
                false => search.hi - search.lo,
            };
            Ok(to_numbers(patterns.iter().zip(&searches.each).map(count)))
        })
    }

    /// The ranges of a pattern, as `lo, hi, length` triples. A `max_ranges` of 0 searches the bytes as they are.
    pub fn find(&self, pattern: &[u8], ignore_case: bool, flexible_space: bool, max_ranges: f64) -> JsResult<Vec<f64>> {
        throwing(|| {
            let (shard, max_ranges) = (self.shard()?, to_size("maxRanges", max_ranges)?);
            let found = match max_ranges {
                0 => search::find(shard, pattern, &mut meter())?,
                _ => {
                    let matching = Matching { ignore_case, flexible_space, max_ranges };
                    search::find_matching(shard, pattern, &matching, &mut meter())?
                }
            };
            Ok(to_numbers(found.iter().flat_map(|range| [range.lo, range.hi, range.length])))
        })
    }

    /// The rows `lo..hi` extended by `symbols`.
    pub fn push(&self, lo: f64, hi: f64, symbols: &[u8]) -> JsResult<Vec<f64>> {
        throwing(|| {
            let rows = search::push(self.shard()?, to_whole("lo", lo)?..to_whole("hi", hi)?, symbols)?;
            Ok(to_numbers([rows.start, rows.end]))
        })
    }

    /// Each range of `lo, hi, length` triples extended by its symbol; `lo, hi` pairs come back.
    #[wasm_bindgen(js_name = pushBatch)]
    pub fn push_batch(&self, ranges: &[f64], symbols: &[u8]) -> JsResult<Vec<f64>> {
        throwing(|| {
            let ranges: Vec<_> = to_ranges(ranges)?.iter().map(FoundRange::rows).collect();
            let pushed = search::push_batch(self.shard()?, &ranges, symbols, &mut meter())?;
            Ok(to_numbers(pushed.into_iter().flat_map(|rows| [rows.start, rows.end])))
        })
    }

    /// What follows the ranges: `bytes, count, byte, byte …` an entry, with 0 bytes for the end of a document. A negative
    /// `limit` is none.
    pub fn next(&self, ranges: &[f64], by_character: bool, limit: f64) -> JsResult<Vec<f64>> {
        throwing(|| {
            let (shard, ranges) = (self.shard()?, to_ranges(ranges)?);
            let limit = if limit < 0.0 { None } else { Some(to_size("limit", limit)?) };
            let mut packed = Vec::new();
            let mut pack = |unit: &[u8], count: u64| {
                packed.extend([unit.len() as f64, count as f64]);
                packed.extend(unit.iter().map(|&byte| f64::from(byte)));
            };
            if by_character {
                for entry in search::next_characters(shard, &ranges, limit, &mut meter())? {
                    pack(entry.unit.as_deref().unwrap_or_default(), entry.count);
                }
            } else {
                for entry in search::next_symbols(shard, &ranges, limit, &mut meter())? {
                    pack(entry.unit.as_slice(), entry.count);
                }
            }
            Ok(packed)
        })
    }

    /// `document, offset` of each row: where its match ends.
    pub fn locate(&self, rows: &[f64]) -> JsResult<Vec<f64>> {
        throwing(|| {
            let rows = rows.iter().map(|&row| to_whole("row", row)).collect::<Result<Vec<u64>>>()?;
            let places = search::locate(self.shard()?, &rows, &mut meter())?;
            Ok(to_numbers(places.into_iter().flat_map(|place| [place.document, place.offset])))
        })
    }

    /// The bytes from `start` to `end` of a document.
    pub fn extract(&self, document: f64, start: f64, end: f64) -> JsResult<Vec<u8>> {
        throwing(|| {
            let offsets = to_whole("start", start)?..to_whole("end", end)?;
            search::extract(self.shard()?, to_whole("document", document)?, offsets, &mut meter())
        })
    }

    /// At most `max_symbols` of what follows the match that ends at `row`.
    pub fn follow(&self, row: f64, max_symbols: f64) -> JsResult<Vec<u8>> {
        throwing(|| {
            let max_symbols = to_size("maxSymbols", max_symbols)?;
            search::follow(self.shard()?, to_whole("row", row)?, max_symbols, &mut meter())
        })
    }

    /// Bytes, external id, metadata and facet values of a document: strings, and undefined for what it lacks.
    pub fn document(&self, document: f64) -> JsResult<Vec<wasm_bindgen::JsValue>> {
        throwing(|| {
            let record = self.shard()?.document(to_whole("document", document)?)?;
            let format::DocumentRecord { symbols, external_id, metadata, facets } = record;
            let texts = [external_id, metadata].into_iter().chain(facets);
            Ok(std::iter::once((symbols as f64).into()).chain(texts.map(wasm_bindgen::JsValue::from)).collect())
        })
    }

    /// The first document with that external id.
    #[wasm_bindgen(js_name = findExternalId)]
    pub fn find_external_id(&self, external_id: &str) -> JsResult<Option<f64>> {
        throwing(|| Ok(self.shard()?.find_external_id(external_id)?.map(|document| document as f64)))
    }

    /// Code points and UTF-16 units of a document before `offset`.
    #[wasm_bindgen(js_name = countUnits)]
    pub fn count_units(&self, document: f64, offset: f64) -> JsResult<Vec<f64>> {
        throwing(|| {
            let (document, offset) = (to_whole("document", document)?, to_whole("offset", offset)?);
            let units = search::count_units(self.shard()?, document, offset, &mut meter())?;
            Ok(to_numbers([units.code_points, units.utf16_units]))
        })
    }

    /// In how many documents the ranges are: count, 1 when it is exact, lower bound, and the ends of an interval.
    #[wasm_bindgen(js_name = countDocuments)]
    pub fn count_documents(&self, ranges: &[f64], max_steps: f64, seed: f64) -> JsResult<Vec<f64>> {
        throwing(|| {
            let (max_steps, seed) = (to_whole("maxSteps", max_steps)?, to_whole("seed", seed)?);
            let count = search::count_documents(self.shard()?, &to_ranges(ranges)?, max_steps, seed, &mut meter())?;
            let exact = u64::from(count.is_exact);
            Ok(to_numbers([count.count, exact, count.lower_bound, count.interval_low, count.interval_high]))
        })
    }

    /// The documents of the ranges: 1 when all are there, then `document, count, first end, first length` of each. A
    /// negative `limit` lists all; else up to so many from `first_document` on.
    #[wasm_bindgen(js_name = listDocuments)]
    pub fn list_documents(
        &self,
        ranges: &[f64],
        first_document: f64,
        limit: f64,
        max_steps: f64,
    ) -> JsResult<Vec<f64>> {
        throwing(|| {
            let (shard, ranges, max_steps) = (self.shard()?, to_ranges(ranges)?, to_whole("maxSteps", max_steps)?);
            let list = if limit < 0.0 {
                search::list_documents(shard, &ranges, max_steps, &mut meter())?
            } else {
                let (first, limit) = (to_whole("firstDocument", first_document)?, to_size("limit", limit)?);
                search::list_documents_from(shard, &ranges, first, limit, max_steps, &mut meter())?
            };
            let matches = list
                .documents
                .iter()
                .flat_map(|matches| [matches.document, matches.count, matches.first_end, matches.first_length]);
            Ok(to_numbers(std::iter::once(u64::from(list.is_complete)).chain(matches)))
        })
    }

    /// Occurrences by the values of a field: whether all are there, then value, occurrences and documents of each.
    #[wasm_bindgen(js_name = countFacets)]
    pub fn count_facets(&self, ranges: &[f64], field: &str, max_steps: f64) -> JsResult<Vec<wasm_bindgen::JsValue>> {
        throwing(|| {
            let (ranges, max_steps) = (to_ranges(ranges)?, to_whole("maxSteps", max_steps)?);
            let counts = self.shard()?.count_facets(field, &ranges, max_steps, &mut meter())?;
            let values = counts.values.into_iter().flat_map(|count| {
                [count.value.into(), (count.occurrences as f64).into(), (count.documents as f64).into()]
            });
            Ok(std::iter::once(counts.is_complete.into()).chain(values).collect())
        })
    }

    /// Bytes of the longest match that starts at each byte of `text`.
    #[wasm_bindgen(js_name = longestMatches)]
    pub fn longest_matches(&self, text: &[u8]) -> JsResult<Vec<f64>> {
        throwing(|| Ok(to_numbers(search::longest_matches(self.shard()?, text, &mut meter())?)))
    }
}

/// Extends a search as far as the blocks that are there lead.
fn advance(shard: &shard::Shard, pattern: &[u8], search: &mut Search) -> Result<()> {
    while search.pushed < pattern.len() && search.lo < search.hi {
        let rows = search.lo..search.hi;
        let (pushed, next) = match search.pushed {
            // As many symbols as are known without a step.
            0 => {
                let (pushed, rows) = shard.start_rows(pattern);
                match pushed {
                    0 => (1, search::push(shard, rows, &pattern[..1])?),
                    _ => (pushed, rows),
                }
            }
            pushed => (1, search::push(shard, rows, &pattern[pushed..=pushed])?),
        };
        if is_missing() {
            return Ok(());
        }
        *search = Search { lo: next.start, hi: next.end, pushed: search.pushed + pushed };
    }
    Ok(())
}

fn describe(info: &shard::ShardInfo) -> String {
    let list = |items: Vec<String>| format!("[{}]", items.join(","));
    let sections =
        info.sections.iter().map(|(name, bytes)| format!(r#"{{"name":"{name}","bytes":{bytes}}}"#)).collect();
    let fields = [
        format!(r#""format":"{}""#, info.format),
        format!(r#""checksum":"{}""#, info.checksum),
        format!(r#""fileBytes":{}"#, info.file_bytes),
        format!(r#""documents":{}"#, info.documents),
        format!(r#""symbols":"{}""#, info.symbols.name()),
        format!(r#""vocabulary":{}"#, info.vocabulary),
        format!(r#""textBytes":{}"#, info.text_bytes),
        format!(r#""symbolCount":{}"#, info.symbol_count),
        format!(r#""rows":{}"#, info.rows),
        format!(r#""runs":{}"#, info.runs),
        format!(r#""entropyBits":{}"#, spell(if info.entropy_bits.is_finite() { info.entropy_bits } else { 0.0 })),
        format!(r#""saRate":{}"#, info.sa_rate),
        format!(r#""isaRate":{}"#, info.isa_rate),
        format!(r#""profile":"{}""#, info.profile),
        format!(r#""facetFields":{}"#, list(info.facet_fields.iter().map(|field| quote(field)).collect())),
        format!(r#""hasExternalIds":{}"#, info.has_external_ids),
        format!(r#""hasTextStore":{}"#, info.has_text_store),
        format!(r#""byteCounts":{}"#, list(info.byte_counts.iter().map(u64::to_string).collect())),
        format!(r#""sections":{}"#, list(sections)),
    ];
    format!("{{{}}}", fields.join(","))
}

/// A JSON string.
fn quote(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control < ' ' => quoted.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
