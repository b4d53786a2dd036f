//! Means: what a corpus of plans is like, as the library reads it.
//!
//! In: plans. Out: sizes and rows a document on average, the share of documents that have the commonest sentence, and how
//! many of the facts in the metadata the parser found again. A bench refuses a corpus outside the bounds.

use super::Plan;
use crate::lexicon::Lexicon;
use crate::record::{Document, parse};
use crate::text::{SourceText, is_blank, tidy};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::RangeInclusive;

/// Characters that a stretch between full stops and line ends has at least, to count as a sentence.
const SENTENCE: usize = 8;

/// Means over documents, and shares of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Means {
    /// Number of documents.
    pub documents: usize,
    /// Bytes of UTF-8 a document.
    pub bytes: f64,
    /// Clauses a document.
    pub clauses: f64,
    /// Code points a clause.
    pub characters: f64,
    /// Assignments a document.
    pub assignments: f64,
    /// Targets a document.
    pub targets: f64,
    /// Milestones a document.
    pub milestones: f64,
    /// Citations a document.
    pub citations: f64,
    /// Share of documents that have the commonest sentence.
    pub commonest: f64,
    /// That sentence.
    pub sentence: String,
    /// Share of documents whose title the parser read as the metadata has it; likewise number, date and place.
    pub title: f64,
    /// See `title`.
    pub number: f64,
    /// See `title`.
    pub date: f64,
    /// See `title`.
    pub place: f64,
}

impl Means {
    /// What a corpus must keep to: name, value, bounds.
    fn bounds(&self) -> [(&'static str, f64, RangeInclusive<f64>); 7] {
        [
            ("bytes a document", self.bytes, 18_000.0..=22_000.0),
            ("clauses a document", self.clauses, 25.0..=35.0),
            ("characters a clause", self.characters, 150.0..=190.0),
            ("assignments a document", self.assignments, 80.0..=130.0),
            ("targets a document", self.targets, 4.0..=10.0),
            ("milestones a document", self.milestones, 0.5..=10.0),
            ("share of the commonest sentence", self.commonest, 0.0..=0.02),
        ]
    }

    /// What lies outside its bounds, in words; empty where nothing does.
    pub fn outside(&self) -> Vec<String> {
        let bounds = self.bounds();
        let out = bounds.iter().filter(|(_, value, range)| !range.contains(value));
        out.map(|(name, value, range)| format!("{name}: {value:.3}, not {} to {}", range.start(), range.end()))
            .collect()
    }
}

impl fmt::Display for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<32}{}", "documents", self.documents)?;
        for (name, value, range) in self.bounds() {
            let digits = if value < 1.0 { 4 } else { 1 };
            writeln!(f, "{name:<32}{value:.digits$}  ({} to {})", range.start(), range.end())?;
        }
        writeln!(f, "{:<32}{:.1}", "citations a document", self.citations)?;
        writeln!(
            f,
            "{:<32}title {:.4}, number {:.4}, date {:.4}, place {:.4}",
            "read as the metadata say", self.title, self.number, self.date, self.place
        )?;
        write!(f, "{:<32}{}", "commonest sentence", self.sentence)
    }
}

/// Reads plans and gives their means; `threads` of them at a time.
pub fn measure(plans: &[Plan], threads: usize) -> Means {
    let size = plans.len().div_ceil(threads.max(1)).max(1);
    let counts: Vec<Count> = std::thread::scope(|scope| {
        let spawn = |chunk| scope.spawn(move || count(chunk));
        let workers: Vec<_> = plans.chunks(size).map(spawn).collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or_default()).collect()
    });
    counts.into_iter().fold(Count::default(), Count::with).means()
}

/// Sums on their way to means.
#[derive(Debug, Default)]
struct Count {
    documents: usize,
    bytes: usize,
    clauses: usize,
    characters: usize,
    assignments: usize,
    targets: usize,
    milestones: usize,
    citations: usize,
    /// Documents read as the metadata say: title, number, date, place.
    read: [usize; 4],
    sentences: BTreeMap<String, u32>,
}

fn count(plans: &[Plan]) -> Count {
    let mut count = Count::default();
    for plan in plans {
        let source = SourceText::new(plan.text.as_str());
        count.add(plan, &source, &parse(&source, Lexicon::embedded()));
    }
    count
}

impl Count {
    fn add(&mut self, plan: &Plan, source: &SourceText, document: &Document) {
        self.documents += 1;
        self.bytes += plan.text.len();
        self.clauses += document.clauses.len();
        self.characters += document.clauses.iter().map(|c| source.wording(&c.text).chars().count()).sum::<usize>();
        self.assignments += document.assignments.len();
        self.targets += document.targets.len();
        self.milestones += document.milestones.len();
        self.citations += document.citations.len();
        let plain = |text: &str| text.chars().map(tidy).collect::<String>();
        let metadata = &plan.metadata;
        let same = [
            document.title.as_deref().is_some_and(|title| plain(title) == plain(&metadata.title)),
            document.number.as_deref() == Some(&metadata.number),
            document.issued.as_deref() == Some(&metadata.date),
            document.jurisdiction.as_ref().is_some_and(|place| place.adcode == metadata.adcode),
        ];
        for (sum, same) in self.read.iter_mut().zip(same) {
            *sum += usize::from(same);
        }
        for sentence in sentences(&plan.text) {
            *self.sentences.entry(sentence).or_default() += 1;
        }
    }

    fn with(mut self, other: Self) -> Self {
        self.documents += other.documents;
        self.bytes += other.bytes;
        self.clauses += other.clauses;
        self.characters += other.characters;
        self.assignments += other.assignments;
        self.targets += other.targets;
        self.milestones += other.milestones;
        self.citations += other.citations;
        self.read.iter_mut().zip(other.read).for_each(|(sum, more)| *sum += more);
        for (sentence, n) in other.sentences {
            *self.sentences.entry(sentence).or_default() += n;
        }
        self
    }

    fn means(self) -> Means {
        let n = self.documents.max(1) as f64;
        let [title, number, date, place] = self.read.map(|sum| sum as f64 / n);
        let commonest = self.sentences.iter().max_by_key(|(_, documents)| **documents);
        Means {
            documents: self.documents,
            bytes: self.bytes as f64 / n,
            clauses: self.clauses as f64 / n,
            characters: self.characters as f64 / self.clauses.max(1) as f64,
            assignments: self.assignments as f64 / n,
            targets: self.targets as f64 / n,
            milestones: self.milestones as f64 / n,
            citations: self.citations as f64 / n,
            commonest: commonest.map_or(0.0, |(_, documents)| f64::from(*documents) / n),
            sentence: commonest.map(|(sentence, _)| sentence.clone()).unwrap_or_default(),
            title,
            number,
            date,
            place,
        }
    }
}

/// The different sentences of a text: what stands between full stops and line ends, without whitespace.
fn sentences(text: &str) -> BTreeSet<String> {
    let pieces = text.split(['。', '！', '？', '\n', '\t']);
    let plain = pieces.map(|piece| piece.chars().filter(|c| !is_blank(*c)).collect::<String>());
    plain.filter(|piece| piece.chars().count() >= SENTENCE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_outside_their_bounds_are_named() {
        let good = Means {
            bytes: 20_000.0,
            clauses: 30.0,
            characters: 170.0,
            assignments: 100.0,
            targets: 7.0,
            milestones: 3.0,
            commonest: 0.01,
            ..Means::default()
        };
        assert_eq!(good.outside(), Vec::<String>::new());
        let bad = Means { clauses: 36.0, commonest: 0.03, ..good };
        assert_eq!(bad.outside().len(), 2, "{:?}", bad.outside());
    }

    #[test]
    fn a_sentence_counts_once_a_document() {
        let found = sentences("加快推进项目建设。加快推进项目 建设。短句。\n另一个很长的句子");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["加快推进项目建设", "另一个很长的句子"]);
    }
}
