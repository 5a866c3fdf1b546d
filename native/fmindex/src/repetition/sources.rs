//! To which source does a document of any shard belong?

use std::collections::BTreeSet;

use crate::documents::Facets;
use crate::error::{Error, Result};

/// The values of one facet field in all shards, each a source, and one for documents without a value.
#[derive(Default)]
pub struct SourceTable {
    /// Values, sorted. Source 0 has none, the others are these in order.
    values: Vec<String>,
    /// By shard: the field's number, and the source of each code.
    columns: Vec<(usize, Vec<usize>)>,
}

impl SourceTable {
    /// The sources of shards by the field called `field`. O(values x shards).
    ///
    /// # Errors
    /// [`Error::UnknownFacet`].
    pub fn new(facets: &[&Facets], field: &str) -> Result<Self> {
        let unknown =
            |facets: &Facets| Error::UnknownFacet { field: field.to_owned(), known: facets.fields().to_vec() };
        let fields = facets.iter().map(|facets| facets.field(field).ok_or_else(|| unknown(facets)));
        let fields = fields.collect::<Result<Vec<usize>>>()?;
        let values: BTreeSet<&str> =
            facets.iter().zip(&fields).flat_map(|(facets, &field)| facets.values(field)).collect();
        let values: Vec<String> = values.into_iter().map(str::to_owned).collect();
        let source = |value: Option<&str>| {
            value
                .and_then(|value| values.binary_search_by(|other| other.as_str().cmp(value)).ok())
                .map_or(0, |at| at + 1)
        };
        let column = |(facets, field): (&&Facets, usize)| {
            let codes = 0..=facets.value_count(field);
            (field, codes.map(|code| source(facets.value_of(field, code))).collect())
        };
        let columns = facets.iter().zip(fields).map(column).collect();
        Ok(Self { values, columns })
    }

    /// What the sources are called, by their numbers.
    pub fn names(&self) -> impl Iterator<Item = Option<&str>> {
        [None].into_iter().chain(self.values.iter().map(|value| Some(value.as_str())))
    }

    /// The source of a document of `shard`, whose facets these are.
    pub fn source(&self, facets: &Facets, shard: usize, document: u64) -> usize {
        let Some((field, sources)) = self.columns.get(shard) else { return 0 };
        let code = facets.code(*field, document).unwrap_or(0);
        sources.get(code as usize).copied().unwrap_or(0)
    }
}
