//! Does a file whose checksums are right and whose content is not do any harm?

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::format::{Container, SectionId, ShardFile, ShardWriter};
use crate::interrupt::Interrupt;
use crate::rank::RankIndex;

/// A shard with every kind of section.
fn build_shard_file(folder: &Path) -> ShardFile {
    let (spool_path, shard_path) = (folder.join("spool"), folder.join("shard"));
    let mut writer = SpoolWriter::create(Some(&spool_path), &["source".into(), "language".into()]).unwrap();
    for number in 0..900 {
        let text = format!("text {number} € ").repeat(number % 7);
        let id = format!("id-{number}");
        // Long enough together for a dictionary.
        let metadata = format!(
            r#"{{"url":"https://example.org/{number}/{}","title":"A title with {number}"}}"#,
            "long/".repeat(40)
        );
        let facets = [Some(["a", "b"][number % 2]), None];
        let (external_id, metadata) = (Some(id.as_str()), Some(metadata.as_str()));
        writer.append(SpoolDocument { text: text.as_bytes(), external_id, metadata, facets: &facets }).unwrap();
    }
    let long = "x€".repeat(40_000);
    writer.append(SpoolDocument { text: long.as_bytes(), facets: &[None, Some("en")], ..Default::default() }).unwrap();
    writer.seal().unwrap();
    let options = BuildOptions { sa_rate: 8, isa_rate: 16, text_store: true, ..BuildOptions::default() };
    build_shard(&spool_path, &shard_path, options, Interrupt::never(), &|_, _| {}).unwrap();
    let shard = Container::open_ram(&shard_path).and_then(ShardFile::open).unwrap();
    assert!(!shard.container.section(SectionId::MetadataDictionary).unwrap().is_empty());
    shard
}

const SECTIONS: std::ops::RangeInclusive<u32> = SectionId::Counts as u32..=SectionId::TextFrameEnds as u32;

/// The same shard with the bytes of one section changed and all checksums right.
fn forge(shard: &ShardFile, path: &Path, target: SectionId, change: impl Fn(&mut Vec<u8>)) {
    let ids = SECTIONS.filter_map(SectionId::from_number);
    let sections: Vec<_> = ids.filter_map(|id| Some((id, shard.container.optional_section(id)?))).collect();
    let mut writer = ShardWriter::create(path, sections.len()).unwrap();
    for (id, section) in sections {
        let mut bytes = section.to_vec();
        if id == target {
            change(&mut bytes);
        }
        writer.write(id, &bytes).unwrap();
    }
    writer.finish().unwrap();
}

/// Reads a bit of everything. Answers may be wrong; that it comes back is what counts.
fn use_shard(shard: &ShardFile, seed: u64) {
    for step in 0..40u64 {
        let value = seed.wrapping_mul(step.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let row = value % (shard.rank.len() + 2);
        let document = value % (shard.counts.documents + 2);
        let _ = (
            shard.documents.sa.get(row),
            shard.documents.sa.get(value),
            shard.rank.symbol_rank(row),
            shard.rank.rank(value as u8, row),
        );
        let _ = (
            shard.documents.isa.at_or_before(document, value % 70_000),
            shard.documents.isa.at_or_before(value, value),
        );
        let _ = (
            shard.documents.offsets.locate(row),
            shard.documents.offsets.text_bytes(document),
            shard.documents.offsets.start(value),
        );
        let _ = (shard.units.before(document, value % 4), shard.units.before(value, value));
        if let Some(metadata) = &shard.documents.metadata {
            let _ = metadata.get(document);
        }
        if let Some(ids) = &shard.documents.ids {
            let _ = (ids.get(document), ids.list(b"id-77"));
        }
        if let Some(text) = &shard.text {
            let _ = (text.read(document, value % 90_000, <[u8]>::len), text.read(value, value, <[u8]>::len));
            let _ = (text.count_undecoded(document, 0..value), text.count_undecoded(value, value..u64::MAX));
        }
        if let Some(prefixes) = &shard.prefixes {
            let (pushed, rows) = prefixes.rows(&value.to_le_bytes()[..value as usize % 5]);
            assert!(pushed <= 4 && rows.start <= rows.end && rows.end <= shard.rank.len());
        }
        if let Some(facets) = &shard.documents.facets {
            let _ = (facets.value(0, document), facets.value(1, value), facets.value_of(0, value));
        }
    }
    let _ = shard.verify(true, Interrupt::never());
}

#[test]
fn a_forged_section_is_an_error_or_a_wrong_answer() {
    let folder = tempfile::tempdir().unwrap();
    let shard = build_shard_file(folder.path());
    let path = folder.path().join("forged");
    let changes: [fn(&mut Vec<u8>); 6] = [
        |bytes| bytes.clear(),
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| bytes.fill(0xFF),
        |bytes| bytes.fill(0),
        |bytes| bytes.reverse(),
        // What comes after a magic number and an id.
        |bytes| bytes.iter_mut().skip(8).for_each(|byte| *byte = 0xFF),
    ];
    for id in SECTIONS.filter_map(SectionId::from_number) {
        assert!(shard.container.optional_section(id).is_some(), "{} is not tested", id.name());
        for change in changes {
            forge(&shard, &path, id, change);
            if let Ok(forged) = Container::open_ram(&path).and_then(ShardFile::open) {
                use_shard(&forged, 12345);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    #[test]
    fn changed_bytes_are_an_error_or_a_wrong_answer(seeds in proptest::collection::vec(any::<u64>(), 60)) {
        let folder = tempfile::tempdir().unwrap();
        let shard = build_shard_file(folder.path());
        let path = folder.path().join("forged");
        let ids: Vec<_> = SECTIONS.filter_map(SectionId::from_number).collect();
        for seed in seeds {
            let id = ids[seed as usize % ids.len()];
            forge(&shard, &path, id, |bytes| {
                for step in 0..1 + seed % 6 {
                    let place = seed.rotate_left(11 * step as u32) >> 7;
                    // Headers are hit as often as all the rest.
                    let room = if step % 2 == 0 { bytes.len().min(64) } else { bytes.len() };
                    if let Some(byte) = bytes.get_mut(place as usize % room.max(1)) {
                        *byte ^= (seed >> 3) as u8 | 1;
                    }
                }
            });
            if let Ok(forged) = Container::open_ram(&path).and_then(ShardFile::open) {
                use_shard(&forged, seed);
            }
        }
    }
}
