//! Topics: what a clause is about, by the cue words of the table `topics`.
//!
//! In: a clause's heading, its text without responsibility groups, its section's heading. Out: [`Topics::classify`],
//! the primary topic first. A cue counts by its length and by where it stands: the heading says it, without one the
//! first sentence, the text less with each repetition, the section's heading least. A topic of a field (its context words)
//! needs a word of that field; where little speaks for any topic, none is given.

use super::names::plain;
use super::suggest::nearest;
use super::table::Tables;
use crate::error::Result;
use crate::text::work::{self, Stage};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::cmp::Ordering;

/// A topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Slug, stable.
    pub id: Box<str>,
    /// Chinese name.
    pub zh: Box<str>,
    /// English name.
    pub en: Box<str>,
    /// What belongs to it.
    pub definition: Box<str>,
    /// Words that speak for it.
    pub cues: Vec<Box<str>>,
    /// Words of its field, one of which must stand there too; none for topics of every field.
    pub context: Vec<Box<str>>,
}

/// The registry of topics.
#[derive(Debug, Clone, Default)]
pub struct Topics {
    all: Vec<Topic>,
    /// Topic and length of each pattern; context words come after the cues, with length 0.
    patterns: Vec<(usize, usize)>,
    matcher: Option<AhoCorasick>,
}

/// Weight of a cue in the heading, in the first sentence where there is none besides its count in the text, in the section's heading.
const HEADING: f64 = 6.0;
const OPENING: f64 = 1.0;
const SECTION: f64 = 0.5;
/// Least weight of a topic: more than one short cue somewhere in the text.
const LEAST: f64 = 6.0;
/// Share of the primary topic's weight that a further one needs.
const SHARE: f64 = 0.2;
/// Most topics of a clause.
const MOST: usize = 4;

/// How often one pattern was seen in each place.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    heading: bool,
    opening: bool,
    section: bool,
    text: u32,
}

impl Topics {
    pub(super) fn read(tables: &Tables) -> Result<Self> {
        let mut this = Self::default();
        for row in tables.rows("topics", ["id", "zh", "en", "definition", "cues", "context"])? {
            let topic = Topic {
                id: row.cell(0).into(),
                zh: row.cell(1).into(),
                en: row.cell(2).into(),
                definition: row.cell(3).into(),
                cues: row.list(4).map(|cue| plain(cue).into()).collect(),
                context: row.list(5).map(|word| plain(word).into()).collect(),
            };
            if topic.cues.is_empty() {
                return Err(row.fault(format!("the topic {} has no cues", topic.id)));
            }
            if this.get(&topic.id).is_some() {
                return Err(row.fault(format!("the id {} stands twice", topic.id)));
            }
            this.all.push(topic);
        }
        for (index, topic) in this.all.iter().enumerate() {
            this.patterns.extend(topic.cues.iter().map(|cue| (index, cue.chars().count())));
        }
        for (index, topic) in this.all.iter().enumerate() {
            this.patterns.extend(topic.context.iter().map(|_| (index, 0)));
        }
        let cues = this.all.iter().flat_map(|topic| &topic.cues);
        let words = cues.chain(this.all.iter().flat_map(|topic| &topic.context));
        let matcher =
            // What is chosen for so many patterns otherwise is half as fast.
            AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(words.map(|word| word.as_bytes())).map_err(|e| Tables::fault("topics", e.to_string()))?;
        this.matcher = Some(matcher);
        Ok(this)
    }

    /// All topics, sorted by id.
    pub fn topics(&self) -> &[Topic] {
        &self.all
    }

    /// The topic with this id.
    pub fn get(&self, id: &str) -> Option<&Topic> {
        self.all.iter().find(|topic| *topic.id == *id)
    }

    /// The topic that a user means: by id, Chinese or English name, or a cue that only it has.
    ///
    /// An unknown name gives the nearest names.
    pub fn by_name(&self, query: &str) -> Result<&Topic, Vec<String>> {
        let query = query.trim();
        let slug = query.to_lowercase().replace([' ', '_'], "-");
        let named = |t: &&Topic| *t.id == *slug || *t.zh == *query || t.en.to_lowercase() == query.to_lowercase();
        if let Some(topic) = self.all.iter().find(named) {
            return Ok(topic);
        }
        let cue = plain(query).to_lowercase();
        let mut cued = self.all.iter().filter(|t| t.cues.iter().any(|c| c.to_lowercase() == cue));
        if let (Some(topic), None) = (cued.next(), cued.next()) {
            return Ok(topic);
        }
        let cues = self.all.iter().flat_map(|t| &t.cues).map(|cue| &**cue);
        Err(nearest(query, self.all.iter().flat_map(|t| [&*t.id, &*t.zh]).chain(cues)))
    }

    /// Topics of a clause, the primary first; none where none fits. `text` comes tidied, without the responsibility
    /// groups; the heading may stand in it or not.
    pub fn classify(&self, heading: Option<&str>, text: &str, section: Option<&str>) -> Vec<&str> {
        work::count(Stage::Lexicon, text.len());
        let heading = heading.unwrap_or_default();
        let body = text.strip_prefix(heading).unwrap_or(text);
        let body = body.trim_start_matches(['。', ':']);
        // Without a heading the first sentence says what it is about.
        let opening = if heading.is_empty() { body.find(['。', ';']).unwrap_or(body.len()) } else { 0 };
        let mut seen = vec![Seen::default(); self.patterns.len()];
        // Where each topic's first cue stands, heading before text.
        let mut places = vec![usize::MAX; self.all.len()];
        self.visit(heading, |pattern, at| {
            if let Some(seen) = seen.get_mut(pattern) {
                seen.heading = true;
            }
            self.earliest(&mut places, pattern, at);
        });
        self.visit(body, |pattern, at| {
            if let Some(seen) = seen.get_mut(pattern) {
                seen.text += 1;
                seen.opening |= at < opening;
            }
            self.earliest(&mut places, pattern, heading.len() + at);
        });
        self.visit(section.unwrap_or_default(), |pattern, _| {
            if let Some(seen) = seen.get_mut(pattern) {
                seen.section = true;
            }
        });
        let ranked = self.rank(&seen, &places);
        match section {
            // What says nothing itself is about what it stands under.
            Some(section) if ranked.is_empty() && !section.is_empty() => self.classify(Some(section), "", None),
            _ => ranked,
        }
    }

    fn rank(&self, seen: &[Seen], places: &[usize]) -> Vec<&str> {
        let mut weights = vec![0.0_f64; self.all.len()];
        let mut in_field = vec![false; self.all.len()];
        for (seen, (topic, length)) in seen.iter().zip(&self.patterns) {
            if let (0, Some(field)) = (length, in_field.get_mut(*topic)) {
                *field |= seen.heading || seen.section || seen.text > 0;
            }
            if let Some(weight) = weights.get_mut(*topic) {
                let stands = |at: bool, weight: f64| if at { weight } else { 0.0 };
                let places =
                    stands(seen.heading, HEADING) + stands(seen.opening, OPENING) + stands(seen.section, SECTION);
                *weight += *length as f64 * (places + f64::from(seen.text).sqrt());
            }
        }
        let rows = self.all.iter().zip(weights).zip(in_field).zip(places);
        let mut ranked: Vec<(f64, usize, &str)> = rows
            .filter(|(((topic, weight), in_field), _)| *weight >= LEAST && (*in_field || topic.context.is_empty()))
            .map(|(((topic, weight), _), place)| (weight, *place, &*topic.id))
            .collect();
        // Of two that weigh the same, the one named first.
        ranked.sort_by(|a, b| b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal).then((a.1, a.2).cmp(&(b.1, b.2))));
        let enough = ranked.first().map_or(0.0, |(weight, ..)| weight * SHARE);
        ranked.into_iter().filter(|(weight, ..)| *weight >= enough).map(|(.., id)| id).take(MOST).collect()
    }

    fn earliest(&self, places: &mut [usize], pattern: usize, at: usize) {
        if let Some((topic, 1..)) = self.patterns.get(pattern)
            && let Some(place) = places.get_mut(*topic)
        {
            *place = at.min(*place);
        }
    }

    fn visit(&self, text: &str, mut see: impl FnMut(usize, usize)) {
        for found in self.matcher.iter().flat_map(|matcher| matcher.find_overlapping_iter(text)) {
            see(found.pattern().as_usize(), found.start());
        }
    }
}
