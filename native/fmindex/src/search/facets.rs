//! How often does a match stand in the documents of each source, language, …?

use std::cmp::Reverse;
use std::collections::HashMap;

use super::documents::list_documents;
use super::steps::StepMeter;
use super::view::{FoundRange, ShardView};
use crate::documents::Facets;
use crate::error::{Error, Result};

/// What the documents with one value of a facet field hold of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount {
    /// `None` for documents without a value.
    pub value: Option<String>,
    pub occurrences: u64,
    pub documents: u64,
}

/// Counts by value, most occurrences first, then by value, documents without one last among equals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCounts {
    pub values: Vec<FacetCount>,
    /// False when the steps ran out: the counts are then lower bounds.
    pub is_complete: bool,
}

/// Counts the matches that end in `ranges` by the values of a facet field, within `max_steps` LF steps.
///
/// # Errors
/// [`Error::UnknownFacet`], and as [`list_documents`].
pub fn count_facets<V: ShardView>(
    view: &V,
    facets: &Facets,
    field: &str,
    ranges: &[FoundRange],
    max_steps: u64,
    meter: &mut StepMeter,
) -> Result<FacetCounts> {
    let Some(field) = facets.field(field) else {
        return Err(Error::UnknownFacet { field: field.to_owned(), known: facets.fields().to_vec() });
    };
    let list = list_documents(view, ranges, max_steps, meter)?;
    let mut by_code: HashMap<u64, (u64, u64)> = HashMap::new();
    for matches in &list.documents {
        let (occurrences, documents) = by_code.entry(facets.code(field, matches.document).unwrap_or(0)).or_default();
        *occurrences += matches.count;
        *documents += 1;
    }
    let count = |(code, (occurrences, documents))| FacetCount {
        value: facets.value_of(field, code).map(str::to_owned),
        occurrences,
        documents,
    };
    let mut values: Vec<FacetCount> = by_code.into_iter().map(count).collect();
    values.sort_by(|left, right| order(left).cmp(&order(right)));
    Ok(FacetCounts { values, is_complete: list.is_complete })
}

fn order(count: &FacetCount) -> (Reverse<u64>, bool, Option<&str>) {
    (Reverse(count.occurrences), count.value.is_none(), count.value.as_deref())
}
