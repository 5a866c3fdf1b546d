//! How often does a string occur in a shard, where, in which documents, and what follows it?
//!
//! The operations are functions over a [`ShardView`]: the rank structure and the samples, wherever their bytes live.
//! The text is indexed back to front, so all of them work in reading order: a range of rows grows by one symbol on its
//! right, and an LF step goes one symbol forward.

mod alternatives;
mod batch;
mod case_folds;
mod cursor;
mod document_estimate;
mod document_sweep;
mod documents;
mod extract;
mod facets;
mod follow_batch;
mod interval;
mod locate;
mod lone_match;
mod longest;
mod matching;
mod next;
mod next_characters;
mod push_batch;
mod range_set;
mod shuffle;
mod steps;
mod stored_text;
mod units;
mod view;
mod walk;

pub use alternatives::Matching;
pub(crate) use batch::LANES;
pub use batch::{count_batch, find_batch};
pub use cursor::{all_rows, push};
pub use document_estimate::DocumentCount;
pub use document_sweep::DocumentMatches;
pub use documents::{DocumentList, count_documents, list_documents, list_documents_from};
pub use extract::{extract, follow};
pub use facets::{FacetCount, FacetCounts, count_facets};
pub use follow_batch::follow_batch;
pub use locate::locate;
pub use longest::longest_matches;
pub use matching::{find, find_matching};
pub use next::{NextEntry, next_symbols};
pub use next_characters::next_characters;
pub use push_batch::push_batch;
pub(crate) use shuffle::Shuffle;
pub use steps::StepMeter;
pub use stored_text::StoredText;
pub use units::count_units;
pub use view::{FoundRange, Place, ShardView};

#[cfg(test)]
mod tests {
    use crate::testkit::SortedView;

    crate::check_laws!(sorted_rows, SortedView::new);
}
