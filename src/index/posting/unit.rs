//! Units: the terms of one document, by the place that they stand in.

use super::term::Term;
use crate::record::Document;
use crate::text::{Extent, SourceText, is_blank, tidy};

/// No clause.
const NONE: u32 = u32::MAX;

/// The terms of a document.
#[derive(Debug, Default)]
pub struct Occurrences {
    /// Each term of each clause, in order, as often as it stands there.
    pub(super) clauses: Vec<Occurrence>,
    /// Those outside of clauses, and where clauses meet the rest.
    pub(super) outside: Vec<Term>,
    /// Those that only the gaps of a heading, target, milestone or citation bring together.
    pub(super) across: Vec<Term>,
    /// Pairs in each clause.
    pub(super) lengths: Vec<u16>,
}

/// A clause of a document and a term, in eight bytes: a block holds some ten million of them at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Occurrence(u64);

impl Occurrence {
    fn new(clause: u32, term: Term) -> Self {
        Self(u64::from(clause) << Term::BITS | term.number())
    }

    pub fn clause(self) -> usize {
        (self.0 >> Term::BITS) as usize
    }

    pub fn term(self) -> Term {
        Term::of_number(self.0 & ((1 << Term::BITS) - 1))
    }
}

/// What the tidied text is made of: for each character that is not blank its code point.
struct Letters {
    at: Vec<u32>,
    chars: Vec<char>,
}

impl Letters {
    fn of(text: &SourceText) -> Self {
        let mut letters =
            Self { at: Vec::with_capacity(text.len() as usize), chars: Vec::with_capacity(text.len() as usize) };
        for (at, c) in (0..).zip(text.as_str().chars()) {
            if !is_blank(c) {
                letters.at.push(at);
                letters.chars.push(tidy(c));
            }
        }
        letters
    }

    /// The letters from one code point to before another.
    fn range(&self, from: u32, to: u32) -> std::ops::Range<usize> {
        let start = self.at.partition_point(|at| *at < from);
        start..self.at.partition_point(|at| *at < to).max(start)
    }

    /// The letters of an extent's wording, as [`SourceText::wording`] has them.
    fn kept(&self, extent: &Extent) -> impl Iterator<Item = usize> {
        let mut from = extent.span.start;
        let gaps = extent.removed.iter().map(|gap| (gap.start, gap.end)).chain([(extent.span.end, extent.span.end)]);
        let ranges: Vec<_> = gaps
            .map(|(start, end)| {
                let range = self.range(from, start.max(from));
                from = end.max(from);
                range
            })
            .collect();
        ranges.into_iter().flatten()
    }

    fn pair(&self, first: usize, second: usize) -> Option<Term> {
        Some(Term::pair(*self.chars.get(first)?, *self.chars.get(second)?))
    }
}

/// The terms of a document.
pub fn occurrences(text: &SourceText, document: &Document) -> Occurrences {
    let letters = Letters::of(text);
    let mut out = Occurrences::default();
    out.clauses.reserve(letters.chars.len());
    let mut clause_of = vec![NONE; letters.chars.len()];
    for (n, clause) in (0..).zip(&document.clauses) {
        let mut before: Option<char> = None;
        let mut pairs = 0u32;
        for at in letters.kept(&clause.text) {
            let (Some(c), Some(of)) = (letters.chars.get(at), clause_of.get_mut(at)) else { continue };
            *of = n;
            if let Some(before) = before {
                out.clauses.push(Occurrence::new(n, Term::pair(before, *c)));
                pairs += 1;
            }
            before = Some(*c);
        }
        out.clauses.extend(before.map(|last| Occurrence::new(n, Term::last(last))));
        out.lengths.push(pairs.try_into().unwrap_or(u16::MAX));
    }

    for (at, (here, next)) in clause_of.iter().zip(clause_of.iter().skip(1)).enumerate() {
        if *here == NONE || here != next {
            out.outside.extend(letters.pair(at, at + 1));
        }
    }
    out.outside.extend(letters.chars.last().map(|last| Term::last(*last)));
    without_furniture(&letters, document, &mut out.outside);

    let sections = document.sections.iter().map(|section| &section.heading);
    let targets = document.targets.iter().map(|target| &target.text);
    let milestones = document.milestones.iter().map(|milestone| &milestone.text);
    let citations = document.citations.iter().map(|citation| &citation.text);
    for extent in sections.chain(targets).chain(milestones).chain(citations) {
        if extent.removed.is_empty() {
            continue;
        }
        let mut before: Option<usize> = None;
        for at in letters.kept(extent) {
            if let Some(before) = before
                && before + 1 != at
            {
                out.across.extend(letters.pair(before, at));
            }
            before = Some(at);
        }
    }
    out
}

/// The pairs that stand together once all that clauses leave out is gone.
fn without_furniture(letters: &Letters, document: &Document, out: &mut Vec<Term>) {
    let gaps = document.clauses.iter().flat_map(|clause| &clause.text.removed);
    let mut gone: Vec<_> = gaps.map(|gap| letters.range(gap.start, gap.end)).filter(|gap| !gap.is_empty()).collect();
    gone.sort_unstable_by_key(|gap| (gap.start, gap.end));
    let mut gone = gone.into_iter().peekable();
    while let Some(mut gap) = gone.next() {
        while let Some(next) = gone.next_if(|next| next.start <= gap.end) {
            gap.end = gap.end.max(next.end);
        }
        if let Some(before) = gap.start.checked_sub(1) {
            out.extend(letters.pair(before, gap.end));
        }
    }
}
