//! What is asked? The lines that `bench/workload.mjs` writes.

use std::path::Path;

use fmindex::error::{Error, Result};

/// One query.
pub enum Query {
    Count(Vec<u8>),
    /// A row, to be taken modulo the rows.
    Locate(u64),
    /// Part of a document.
    Extract {
        document: u64,
        offset: u64,
    },
}

/// Queries of the same kind and length, measured together.
pub struct Group {
    pub kind: String,
    pub length: u64,
    pub queries: Vec<Query>,
}

/// Reads the groups of a workload file, in order.
pub fn read_groups(path: &Path) -> Result<Vec<Group>> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, error))?;
    let mut groups: Vec<Group> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let broken = || Error::Input(format!("{}:{}: not a line of a workload", path.display(), at + 1));
        let words: Vec<&str> = line.split(' ').collect();
        let number = |word: &str| -> Result<u64> { word.parse().map_err(|_| broken()) };
        let (kind, length, query) = match words[..] {
            [kind @ ("count" | "absent"), length, hex] => {
                (kind, number(length)?, Query::Count(parse_hex(hex).ok_or_else(broken)?))
            }
            ["locate", length, row] => ("locate", number(length)?, Query::Locate(number(row)?)),
            // The third word is the offset in the whole text, for the peer.
            ["extract", length, _, document, offset] => {
                let query = Query::Extract { document: number(document)?, offset: number(offset)? };
                ("extract", number(length)?, query)
            }
            _ => return Err(broken()),
        };
        match groups.last_mut() {
            Some(group) if group.kind == kind && group.length == length => group.queries.push(query),
            _ => groups.push(Group { kind: kind.to_owned(), length, queries: vec![query] }),
        }
    }
    Ok(groups)
}

fn parse_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}
