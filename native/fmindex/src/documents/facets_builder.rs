//! How are facet values turned into codes?

use std::collections::BTreeMap;

use crate::bits::{EliasFanoBuilder, PackedIntsBuilder};
use crate::error::{Error, Result};

/// Takes the values of the documents one by one.
#[derive(Debug)]
pub struct FacetsBuilder {
    fields: Vec<Field>,
}

#[derive(Debug)]
struct Field {
    name: String,
    /// Each value with the order of its first use, from 1.
    first_uses: BTreeMap<String, u32>,
    /// For each document the first use of its value, or 0.
    uses: Vec<u32>,
}

impl FacetsBuilder {
    /// For these fields.
    pub fn new(names: &[String]) -> Self {
        let field = |name: &String| Field { name: name.clone(), first_uses: BTreeMap::new(), uses: Vec::new() };
        Self { fields: names.iter().map(field).collect() }
    }

    /// Adds the values of the next document, field by field.
    ///
    /// # Errors
    /// [`Error::Argument`] unless there is one for each field; [`Error::Input`] after 2^32 different values.
    pub fn push(&mut self, values: &[Option<&str>]) -> Result<()> {
        if values.len() != self.fields.len() {
            return Err(Error::Argument(format!("{} facet values for {} fields", values.len(), self.fields.len())));
        }
        for (field, value) in self.fields.iter_mut().zip(values) {
            let code = match value {
                None => 0,
                Some(value) => field.code(value)?,
            };
            field.uses.push(code);
        }
        Ok(())
    }

    /// The section.
    ///
    /// # Errors
    /// [`Error::Input`] when the codes do not fit into memory.
    pub fn finish(self) -> Result<Vec<u8>> {
        let mut header = (self.fields.len() as u64).to_le_bytes().to_vec();
        let mut body = Vec::new();
        for field in self.fields {
            let name = field.name.clone().into_bytes();
            let (value_ends, values, codes) = field.encode()?;
            for part in [name, value_ends, values, codes] {
                header.extend_from_slice(&(part.len() as u64).to_le_bytes());
                body.extend_from_slice(&part);
            }
        }
        header.append(&mut body);
        Ok(header)
    }
}

impl Field {
    fn code(&mut self, value: &str) -> Result<u32> {
        if let Some(&code) = self.first_uses.get(value) {
            return Ok(code);
        }
        let code = u32::try_from(self.first_uses.len() + 1)
            .map_err(|_| Error::Input(format!("the facet field {:?} has more than 2^32 values", self.name)))?;
        self.first_uses.insert(value.to_owned(), code);
        Ok(code)
    }

    /// The ends of the values, the values, the codes.
    fn encode(self) -> Result<(Vec<u8>, Vec<u8>, Vec<u8>)> {
        let mut code_of_use = vec![0; self.first_uses.len() + 1];
        let (mut ends, mut values) = (vec![0], Vec::new());
        for (code, (value, use_number)) in (1..).zip(&self.first_uses) {
            code_of_use[*use_number as usize] = code;
            values.extend_from_slice(value.as_bytes());
            ends.push(values.len() as u64);
        }
        let mut codes = PackedIntsBuilder::new(self.uses.len() as u64, self.first_uses.len() as u64)?;
        for (document, &use_number) in (0..).zip(&self.uses) {
            codes.set(document, code_of_use[use_number as usize])?;
        }
        Ok((EliasFanoBuilder::encode(&ends)?, values, codes.finish()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Facets;
    use super::*;
    use crate::section::Section;

    fn build(names: &[String], rows: &[Vec<Option<String>>]) -> Vec<u8> {
        let mut builder = FacetsBuilder::new(names);
        for row in rows {
            builder.push(&row.iter().map(Option::as_deref).collect::<Vec<_>>()).unwrap();
        }
        builder.finish().unwrap()
    }

    #[test]
    fn a_row_of_the_wrong_width_is_refused() {
        assert!(FacetsBuilder::new(&["a".into()]).push(&[]).is_err());
    }

    #[test]
    fn sections_cut_short_or_changed_do_no_harm() {
        let rows: Vec<_> = (0..50).map(|i| vec![Some(format!("v{}", i % 7)), None]).collect();
        let section = build(&["source".into(), "language".into()], &rows);
        for len in 0..section.len() {
            let opened = Facets::open(50, Section::from_vec(section[..len].to_vec()));
            assert!(opened.is_err(), "{len}");
        }
        for at in 0..section.len() {
            let mut changed = section.clone();
            changed[at] ^= 0xA5;
            if let Ok(facets) = Facets::open(50, Section::from_vec(changed)) {
                let _ = (facets.verify(), facets.value(0, 3), facets.values(0).count(), facets.field("source"));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn every_value_comes_back(
            rows in proptest::collection::vec(proptest::collection::vec(proptest::option::of("[abé]{0,2}"), 3), 0..40),
        ) {
            let names = ["source".to_string(), "language".into(), "".into()];
            let facets = Facets::open(rows.len() as u64, Section::from_vec(build(&names, &rows))).unwrap();
            facets.verify().unwrap();
            prop_assert_eq!(facets.fields(), &names);
            for (document, row) in (0..).zip(&rows) {
                for (field, value) in row.iter().enumerate() {
                    prop_assert_eq!(facets.value(field, document), value.as_deref());
                    prop_assert_eq!(facets.code(field, document) == Some(0), value.is_none());
                }
            }
            let mut values: Vec<&str> = rows.iter().filter_map(|row| row[1].as_deref()).collect();
            values.sort_unstable();
            values.dedup();
            prop_assert_eq!(facets.values(1).collect::<Vec<_>>(), values);
            prop_assert_eq!(facets.field("language"), Some(1));
            prop_assert_eq!(facets.value(0, rows.len() as u64), None);
            prop_assert_eq!(facets.value(3, 0), None);
        }
    }
}
