//! Which parts of a document do the copies in it cover?

use std::ops::Range;

use super::character_starts::CharacterStarts;

/// Spans under way: grams come by their offsets, and those that touch become one span.
#[derive(Default)]
pub(crate) struct SpanBuilder {
    open: Option<OpenSpan>,
    spans: Vec<Range<u64>>,
}

struct OpenSpan {
    /// Where the last gram ends.
    end: u64,
    /// The span in whole characters.
    trimmed: Range<u64>,
}

impl SpanBuilder {
    /// Adds the gram at `offsets`; those before it started earlier.
    #[inline]
    pub fn add(&mut self, offsets: Range<u64>, starts: &CharacterStarts) {
        if let Some(open) = &mut self.open
            && offsets.start <= open.end
        {
            open.end = offsets.end;
            open.trimmed.end = starts.trim_end(offsets.end);
            return;
        }
        self.close();
        self.open = Some(OpenSpan { end: offsets.end, trimmed: starts.trim(offsets) });
    }

    /// The spans, ascending and apart; no gram follows.
    pub fn finish(mut self) -> Vec<Range<u64>> {
        self.close();
        self.spans
    }

    fn close(&mut self) {
        if let Some(OpenSpan { trimmed, .. }) = self.open.take()
            && !trimmed.is_empty()
        {
            self.spans.push(trimmed);
        }
    }
}
