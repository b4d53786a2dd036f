//! What must hold of any text, shared by the fuzz targets.

use taizhang::lexicon::Lexicon;
use taizhang::record::{self, Document};
use taizhang::text::{Extent, SourceText};

/// Parses a text and checks that every place lies in it and that the exchange format can be written.
pub fn parse(text: &str) {
    let source = SourceText::new(text);
    let document = record::parse(&source, Lexicon::embedded());
    inside(&source, &document);
    assert!(document.assignments.iter().all(|row| row.part > 0 && !row.body.is_empty()));
    record::exchange(&document, &source);
}

/// Checks that every place of a document lies in its text, and that every clause that is named is there.
pub fn inside(source: &SourceText, document: &Document) {
    let inside = |at: &Extent| {
        assert!(at.span.start <= at.span.end && at.span.end <= source.len(), "{at:?} in {} characters", source.len());
        let mut from = at.span.start;
        for gap in &at.removed {
            assert!(from <= gap.start && gap.start <= gap.end && gap.end <= at.span.end, "{at:?}");
            from = gap.end;
        }
    };
    document.sections.iter().for_each(|s| inside(&s.heading));
    for clause in &document.clauses {
        inside(&clause.text);
        clause.heading.iter().for_each(&inside);
    }
    let clauses = document.clauses.len() as u32;
    for row in &document.assignments {
        inside(&row.name);
        row.group.iter().for_each(&inside);
        assert!((1..=clauses).contains(&row.clause));
    }
    document.targets.iter().for_each(|t| inside(&t.text));
    document.milestones.iter().for_each(|m| inside(&m.text));
    document.citations.iter().for_each(|c| inside(&c.text));
}
