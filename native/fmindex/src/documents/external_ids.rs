//! Which document has that external id, and what is the id of a document?

use super::records::{RecordSections, Records};
use crate::bits::PackedInts;
use crate::error::{Error, Result};
use crate::section::Section;

const ORDER: &str = "ids.order";
/// Reading two ids at random takes 25 µs.
const MAX_COMPARISONS: u64 = 1 << 16;

/// The ids that the corpus gives its documents. Any bytes; neither complete nor unique.
pub struct ExternalIds {
    ids: Records,
    /// The documents that have an id, sorted by its bytes, then by document.
    order: PackedInts,
}

impl ExternalIds {
    /// Opens the sections. O(1).
    ///
    /// # Errors
    /// [`Error::Damaged`] when they do not belong together.
    pub fn open(documents: u64, ids: RecordSections, order: Section) -> Result<Self> {
        let ids = Records::open("ids", documents, ids)?;
        let order = PackedInts::open(order, ORDER)?;
        if order.len() > documents {
            return Err(Error::damaged(ORDER, format!("{} ids for {documents} documents", order.len())));
        }
        Ok(Self { ids, order })
    }

    /// The ids, by document.
    pub fn records(&self) -> &Records {
        &self.ids
    }

    /// The id of `document`; `None` when it has none. 10–20 µs.
    ///
    /// # Errors
    /// [`Error::Damaged`] when it can't be read.
    pub fn get(&self, document: u64) -> Result<Option<Vec<u8>>> {
        self.ids.get(document)
    }

    /// The documents with that id, in order. O(log m) reads of ids, and one a document.
    ///
    /// # Errors
    /// [`Error::Damaged`] when an id can't be read.
    pub fn list(&self, id: &[u8]) -> Result<Vec<u64>> {
        let mut reader = self.ids.reader()?;
        let (mut low, mut high) = (0, self.order.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let document = self.order.get(middle);
            let Some(other) = document.and_then(|document| reader.read(document).transpose()) else {
                return Err(Error::damaged(ORDER, format!("entry {middle} names a document without an id")));
            };
            let other = other?;
            if other.as_slice() < id {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let mut found = Vec::new();
        for document in (low..self.order.len()).map_while(|index| self.order.get(index)) {
            if reader.read(document)?.as_deref() != Some(id) {
                break;
            }
            found.push(document);
        }
        Ok(found)
    }

    /// Reads all ids, checks that the order names each document once, and compares up to 65,536 neighbours in it. O(m).
    ///
    /// # Errors
    /// [`Error::Damaged`] when the order is not theirs.
    pub fn verify(&self) -> Result<()> {
        self.ids.verify()?;
        let damaged = |index: u64| Error::damaged(ORDER, format!("entry {index} is out of order"));
        let mut seen = vec![false; usize::try_from(self.ids.len()).unwrap_or(0)];
        for index in 0..self.order.len() {
            let document = self.order.get(index).and_then(|document| usize::try_from(document).ok());
            let slot = document.and_then(|document| seen.get_mut(document)).ok_or_else(|| damaged(index))?;
            if std::mem::replace(slot, true) {
                return Err(damaged(index));
            }
        }
        let mut reader = self.ids.reader()?;
        let mut entry = |index: u64| -> Result<Option<(Vec<u8>, u64)>> {
            let document = self.order.get(index).unwrap_or(u64::MAX);
            Ok(reader.read(document)?.map(|id| (id, document)))
        };
        let stride = usize::try_from(self.order.len() / MAX_COMPARISONS).unwrap_or(usize::MAX).max(1);
        for index in (1..self.order.len()).step_by(stride) {
            let (left, right) = (entry(index - 1)?, entry(index)?);
            if left.is_none() || left >= right {
                return Err(damaged(index));
            }
        }
        Ok(())
    }
}

/// The documents of `ids`, sorted by id, then by document. O(m log m).
pub fn sort_ids<'a>(ids: impl Iterator<Item = (u64, &'a [u8])>) -> Vec<u64> {
    let mut sorted: Vec<(&[u8], u64)> = ids.map(|(document, id)| (id, document)).collect();
    sorted.sort_unstable();
    sorted.into_iter().map(|(_, document)| document).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::RecordsBuilder;
    use super::*;
    use crate::bits::PackedIntsBuilder;

    fn build(ids: &[Option<Vec<u8>>]) -> ExternalIds {
        let stream_bytes = ids.iter().flatten().map(|id| id.len() as u64 + 1).sum();
        let mut builder = RecordsBuilder::new(ids.len() as u64, stream_bytes, Vec::new()).unwrap();
        ids.iter().for_each(|id| builder.push(id.as_deref()).unwrap());
        let encoded = builder.finish().unwrap();
        let present = (0..).zip(ids).filter_map(|(document, id)| Some((document, id.as_deref()?)));
        let order = PackedIntsBuilder::pack(&sort_ids(present)).unwrap();
        let sections = RecordSections {
            dictionary: Section::from_vec(encoded.dictionary),
            blocks: Section::from_vec(encoded.blocks).into(),
            block_ends: Section::from_vec(encoded.block_ends),
            record_ends: Section::from_vec(encoded.record_ends),
        };
        ExternalIds::open(ids.len() as u64, sections, Section::from_vec(order)).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn an_id_finds_its_documents(
            ids in proptest::collection::vec(proptest::option::of(proptest::collection::vec(97u8..100, 0..3)), 0..60),
        ) {
            let opened = build(&ids);
            opened.verify().unwrap();
            for (document, id) in (0..).zip(&ids) {
                prop_assert_eq!(&opened.get(document).unwrap(), id);
                if let Some(id) = id {
                    let its = (0..).zip(&ids).filter(|(_, other)| other.as_ref() == Some(id));
                    let all: Vec<u64> = its.map(|(document, _)| document).collect();
                    prop_assert_eq!(opened.list(id).unwrap(), all);
                }
            }
            prop_assert_eq!(opened.list(b"zzz").unwrap(), vec![]);
        }
    }
}
