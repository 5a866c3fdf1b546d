//! Which value does a document have in a facet field, and which values are there?
//!
//! ```text
//! fields F u64 | F x (bytes of: name, value ends, values, codes) | the same parts, field by field
//! ```
//!
//! The values of a field are sorted by their bytes and numbered from 1; the code of a document is that number, 0 is none.

use crate::bits::{EliasFano, PackedInts};
use crate::error::{Error, Result};
use crate::section::Section;

const SECTION: &str = "facets";
const FIELD_HEADER_BYTES: usize = 32;

/// Dictionary-coded values of all documents.
#[derive(Debug)]
pub struct Facets {
    names: Vec<String>,
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Column {
    /// 0 and the end of each value in `values`.
    value_ends: EliasFano,
    values: Section,
    codes: PackedInts,
}

impl Facets {
    /// Opens the section of so many documents. O(fields).
    ///
    /// # Errors
    /// [`Error::Damaged`] when its parts do not belong together.
    pub fn open(documents: u64, section: Section) -> Result<Self> {
        let cut_short = || Error::damaged(SECTION, "the parts are longer than the section");
        let count = section.u64_at(0).and_then(|count| usize::try_from(count).ok()).ok_or_else(cut_short)?;
        let header_bytes = count.checked_mul(FIELD_HEADER_BYTES).and_then(|bytes| bytes.checked_add(8));
        let mut at = header_bytes.filter(|&bytes| bytes <= section.len()).ok_or_else(cut_short)?;
        let mut facets = Self { names: Vec::with_capacity(count), columns: Vec::with_capacity(count) };
        for field in 0..count {
            let mut take = |part: usize| {
                let bytes = section.u64_at(8 + field * FIELD_HEADER_BYTES + part * 8)?;
                let end = at.checked_add(usize::try_from(bytes).ok()?)?;
                let part = section.slice(at..end)?;
                at = end;
                Some(part)
            };
            let (Some(name), Some(value_ends), Some(values), Some(codes)) = (take(0), take(1), take(2), take(3)) else {
                return Err(cut_short());
            };
            let name = String::from_utf8(name.to_vec()).map_err(|_| Error::damaged(SECTION, "a name is not UTF-8"))?;
            facets.names.push(name);
            facets.columns.push(Column::open(documents, value_ends, values, codes)?);
        }
        Ok(facets)
    }

    /// Names of the fields.
    pub fn fields(&self) -> &[String] {
        &self.names
    }

    /// The number of the field called `name`.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|other| other == name)
    }

    /// The code of `document` in a field: 0 for none, else a number for [`Facets::value_of`].
    #[inline]
    pub fn code(&self, field: usize, document: u64) -> Option<u64> {
        self.columns.get(field)?.codes.get(document)
    }

    /// The value of `document` in a field.
    pub fn value(&self, field: usize, document: u64) -> Option<&str> {
        self.value_of(field, self.code(field, document)?)
    }

    /// The value with that code; `None` for 0.
    pub fn value_of(&self, field: usize, code: u64) -> Option<&str> {
        let column = self.columns.get(field)?;
        let start = usize::try_from(column.value_ends.get(code.checked_sub(1)?)?).ok()?;
        let end = usize::try_from(column.value_ends.get(code)?).ok()?;
        std::str::from_utf8(column.values.get(start..end)?).ok()
    }

    /// Number of different values of a field; their codes are `1..=` that.
    pub fn value_count(&self, field: usize) -> u64 {
        self.columns.get(field).map_or(0, |column| column.value_ends.len() - 1)
    }

    /// The values of a field, sorted by their bytes. A damaged one is left out.
    pub fn values(&self, field: usize) -> impl Iterator<Item = &str> {
        (1..=self.value_count(field)).filter_map(move |code| self.value_of(field, code))
    }

    /// Reads all codes and values. O(m x fields).
    ///
    /// # Errors
    /// [`Error::Damaged`] when a code stands for nothing or the values are not sorted text.
    pub fn verify(&self) -> Result<()> {
        for (field, column) in self.columns.iter().enumerate() {
            column.value_ends.verify(SECTION)?;
            let count = self.value_count(field);
            let name = &self.names[field];
            let is_sorted = self.values(field).is_sorted_by(|left, right| left < right);
            if !is_sorted || self.values(field).count() as u64 != count {
                return Err(Error::damaged(SECTION, format!("the values of {name:?} are not sorted text")));
            }
            if let Some(document) = (0..column.codes.len()).find(|&document| self.code(field, document) > Some(count)) {
                return Err(Error::damaged(SECTION, format!("document {document} has no possible {name:?}")));
            }
        }
        Ok(())
    }
}

impl Column {
    fn open(documents: u64, value_ends: Section, values: Section, codes: Section) -> Result<Self> {
        let value_ends = EliasFano::open(value_ends, SECTION)?;
        let codes = PackedInts::open(codes, SECTION)?;
        let last = value_ends.len().checked_sub(1).and_then(|last| value_ends.get(last));
        if value_ends.get(0) != Some(0) || last != Some(values.len() as u64) {
            return Err(Error::damaged(SECTION, "the values do not end with their part"));
        }
        if codes.len() != documents {
            return Err(Error::damaged(SECTION, format!("{} codes for {documents} documents", codes.len())));
        }
        Ok(Self { value_ends, values, codes })
    }
}
