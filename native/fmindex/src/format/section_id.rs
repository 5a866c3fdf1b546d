//! Which sections can a shard have?

/// A section of this version. The numbers are part of the format: never reuse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
pub enum SectionId {
    Counts = 1,
    RankHeader = 2,
    RankRecords = 3,
    RankEntries = 4,
    RankGroups = 5,
    DocumentOffsets = 6,
    SaMarks = 7,
    SaOrdinals = 8,
    SaStarts = 9,
    IsaRows = 10,
    IsaStarts = 11,
    DocumentUnits = 12,
    MetadataDictionary = 13,
    MetadataBlocks = 14,
    MetadataBlockEnds = 15,
    MetadataRecordEnds = 16,
    IdDictionary = 17,
    IdBlocks = 18,
    IdBlockEnds = 19,
    IdRecordEnds = 20,
    IdOrder = 21,
    Facets = 22,
    PrefixKeys = 23,
    PrefixStarts = 24,
    TextHeader = 26,
    TextDictionary = 27,
    TextFrames = 28,
    TextFrameEnds = 29,
    TokenCounts = 30,
    TokenHeader = 31,
    TokenSymbols = 32,
    TokenFirstRows = 33,
    TokenCodes = 34,
    TokenLeaves = 35,
    TokenLeafStarts = 36,
    TokenLines = 37,
    TokenBlocks = 38,
    TokenRuns = 39,
    HiddenCounts = 60,
    HiddenDocuments = 61,
    HiddenRows = 62,
    HiddenShifts = 63,
    HiddenEnds = 64,
    /// The checksums of the blocks of all other sections; always the last one.
    BlockChecksums = 255,
}

/// Each section: its name, the bytes of an element, and whether a shard can do without it.
const TABLE: [(SectionId, &str, u32, bool); 44] = [
    (SectionId::Counts, "counts", 8, false),
    (SectionId::RankHeader, "rank.header", 1, false),
    (SectionId::RankRecords, "rank.records", 1, false),
    (SectionId::RankEntries, "rank.entries", 1, false),
    (SectionId::RankGroups, "rank.groups", 1, false),
    (SectionId::DocumentOffsets, "documents.offsets", 8, false),
    (SectionId::SaMarks, "sa.marks", 8, false),
    (SectionId::SaOrdinals, "sa.ordinals", 1, false),
    (SectionId::SaStarts, "sa.starts", 8, false),
    (SectionId::IsaRows, "isa.rows", 1, false),
    (SectionId::IsaStarts, "isa.starts", 8, false),
    (SectionId::DocumentUnits, "documents.units", 8, false),
    (SectionId::MetadataDictionary, "metadata.dictionary", 1, true),
    (SectionId::MetadataBlocks, "metadata.blocks", 1, true),
    (SectionId::MetadataBlockEnds, "metadata.blockEnds", 8, true),
    (SectionId::MetadataRecordEnds, "metadata.recordEnds", 8, true),
    (SectionId::IdDictionary, "ids.dictionary", 1, true),
    (SectionId::IdBlocks, "ids.blocks", 1, true),
    (SectionId::IdBlockEnds, "ids.blockEnds", 8, true),
    (SectionId::IdRecordEnds, "ids.recordEnds", 8, true),
    (SectionId::IdOrder, "ids.order", 1, true),
    (SectionId::Facets, "facets", 1, true),
    (SectionId::PrefixKeys, "prefixes.keys", 8, true),
    (SectionId::PrefixStarts, "prefixes.starts", 8, true),
    (SectionId::TextHeader, "text.header", 8, true),
    (SectionId::TextDictionary, "text.dictionary", 1, true),
    (SectionId::TextFrames, "text.frames", 1, true),
    (SectionId::TextFrameEnds, "text.frameEnds", 8, true),
    (SectionId::TokenCounts, "tokens.counts", 8, false),
    (SectionId::TokenHeader, "tokens.header", 8, false),
    (SectionId::TokenSymbols, "tokens.symbols", 8, false),
    (SectionId::TokenFirstRows, "tokens.firstRows", 1, false),
    (SectionId::TokenCodes, "tokens.codes", 1, false),
    (SectionId::TokenLeaves, "tokens.leaves", 1, false),
    (SectionId::TokenLeafStarts, "tokens.leafStarts", 1, false),
    (SectionId::TokenLines, "tokens.lines", 64, false),
    (SectionId::TokenBlocks, "tokens.blocks", 32, false),
    (SectionId::TokenRuns, "tokens.runs", 8, false),
    (SectionId::HiddenCounts, "hidden.counts", 8, false),
    (SectionId::HiddenDocuments, "hidden.documents", 8, false),
    (SectionId::HiddenRows, "hidden.rows", 8, false),
    (SectionId::HiddenShifts, "hidden.shifts", 8, false),
    (SectionId::HiddenEnds, "hidden.ends", 8, false),
    (SectionId::BlockChecksums, "blockChecksums", 8, false),
];

impl SectionId {
    /// The section with that number, or `None` when this version knows none.
    pub fn from_number(number: u32) -> Option<Self> {
        TABLE.iter().find(|row| row.0 as u32 == number).map(|row| row.0)
    }

    /// Its name in messages and in `inspect`.
    pub fn name(self) -> &'static str {
        self.row().map_or("section", |row| row.1)
    }

    /// Bytes of one of its elements.
    pub fn element_bytes(self) -> u32 {
        self.row().map_or(1, |row| row.2)
    }

    /// Whether a shard can do without it.
    pub fn is_optional(self) -> bool {
        self.row().is_some_and(|row| row.3)
    }

    /// Whether little of it is read at once, and only to show a document: it can stay in the file.
    pub fn is_read_in_pieces(self) -> bool {
        matches!(self, Self::MetadataBlocks | Self::IdBlocks | Self::TextFrames)
    }

    /// Whether each search reads it, and it is small.
    pub fn is_resident(self) -> bool {
        use SectionId::{Counts, PrefixKeys, PrefixStarts, RankEntries, RankHeader, RankRecords};
        use SectionId::{
            TokenBlocks, TokenCodes, TokenFirstRows, TokenHeader, TokenLeafStarts, TokenLeaves, TokenSymbols,
        };
        let directories = matches!(self, Counts | RankHeader | RankRecords | RankEntries | PrefixKeys | PrefixStarts);
        directories
            || matches!(
                self,
                TokenHeader | TokenSymbols | TokenFirstRows | TokenCodes | TokenLeaves | TokenLeafStarts | TokenBlocks
            )
    }

    /// Whether a search reads it here and there.
    pub fn is_scattered(self) -> bool {
        use SectionId::{IsaRows, RankGroups, SaMarks, SaOrdinals, TextFrames, TokenLines};
        matches!(self, RankGroups | TokenLines | SaMarks | SaOrdinals | IsaRows | TextFrames)
    }

    fn row(self) -> Option<&'static (SectionId, &'static str, u32, bool)> {
        TABLE.iter().find(|row| row.0 == self)
    }
}
