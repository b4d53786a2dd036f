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
use crate::text::Words;
use crate::text::work::{self, Stage};
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
    /// What each pattern speaks for; words of fields come after the cues.
    patterns: Vec<Speaks>,
    /// The field of each topic, none for topics of every field.
    fields: Vec<Option<usize>>,
    words: Words,
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

/// What a pattern speaks for.
#[derive(Debug, Clone, Copy)]
enum Speaks {
    /// A topic, by so many characters.
    Topic(usize, usize),
    /// A field: topics of one field name the same words, which are looked for once.
    Field(usize),
}

/// Where a pattern stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Heading,
    Opening,
    Text,
    Section,
}

/// How often one pattern was seen in each place.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    heading: bool,
    opening: bool,
    section: bool,
    text: u32,
}

impl Seen {
    fn of(hits: &[(usize, Place)]) -> Self {
        let mut seen = Self::default();
        for (_, place) in hits {
            match place {
                Place::Heading => seen.heading = true,
                Place::Section => seen.section = true,
                Place::Opening | Place::Text => seen.text += 1,
            }
            seen.opening |= *place == Place::Opening;
        }
        seen
    }
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
            this.patterns.extend(topic.cues.iter().map(|cue| Speaks::Topic(index, cue.chars().count())));
        }
        let mut fields: Vec<&[Box<str>]> = Vec::new();
        for topic in this.all.iter().map(|topic| topic.context.as_slice()) {
            let known = fields.iter().position(|field| *field == topic);
            this.fields.push(known.or(Some(fields.len())).filter(|_| !topic.is_empty()));
            if known.is_none() && !topic.is_empty() {
                this.patterns.extend(topic.iter().map(|_| Speaks::Field(fields.len())));
                fields.push(topic);
            }
        }
        let words = this.all.iter().flat_map(|topic| &topic.cues).chain(fields.into_iter().flatten());
        this.words = Words::of(words);
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
        // Where each topic's first cue stands, heading before text.
        let mut places = vec![usize::MAX; self.all.len()];
        let mut hits: Vec<(usize, Place)> = Vec::new();
        for (pattern, at) in self.words.occurrences(heading) {
            hits.push((pattern, Place::Heading));
            self.earliest(&mut places, pattern, at);
        }
        for (pattern, at) in self.words.occurrences(body) {
            hits.push((pattern, if at < opening { Place::Opening } else { Place::Text }));
            self.earliest(&mut places, pattern, heading.len() + at);
        }
        hits.extend(self.words.occurrences(section.unwrap_or_default()).map(|(pattern, _)| (pattern, Place::Section)));
        // In the table's order, so that sums of weights are the same whatever the order of the text.
        hits.sort_unstable();
        let ranked = self.rank(&hits, &places);
        match section {
            // What says nothing itself is about what it stands under.
            Some(section) if ranked.is_empty() && !section.is_empty() => self.classify(Some(section), "", None),
            _ => ranked,
        }
    }

    fn rank(&self, hits: &[(usize, Place)], places: &[usize]) -> Vec<&str> {
        let mut weights = vec![0.0_f64; self.all.len()];
        let mut in_field = vec![false; self.fields.len()];
        for hits in hits.chunk_by(|a, b| a.0 == b.0) {
            let (topic, length) = match hits.first().and_then(|(pattern, _)| self.patterns.get(*pattern)) {
                Some(Speaks::Topic(topic, length)) => (topic, length),
                Some(Speaks::Field(field)) => {
                    in_field.get_mut(*field).into_iter().for_each(|found| *found = true);
                    continue;
                }
                None => continue,
            };
            let seen = Seen::of(hits);
            if let Some(weight) = weights.get_mut(*topic) {
                let stands = |at: bool, weight: f64| if at { weight } else { 0.0 };
                let places =
                    stands(seen.heading, HEADING) + stands(seen.opening, OPENING) + stands(seen.section, SECTION);
                *weight += *length as f64 * (places + f64::from(seen.text).sqrt());
            }
        }
        let in_field = self.fields.iter().map(|field| field.is_none_or(|field| in_field.get(field) == Some(&true)));
        let rows = self.all.iter().zip(weights).zip(in_field).zip(places);
        let mut ranked: Vec<(f64, usize, &str)> = rows
            .filter(|(((_, weight), in_field), _)| *weight >= LEAST && *in_field)
            .map(|(((topic, weight), _), place)| (weight, *place, &*topic.id))
            .collect();
        // Of two that weigh the same, the one named first.
        ranked.sort_by(|a, b| b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal).then((a.1, a.2).cmp(&(b.1, b.2))));
        let enough = ranked.first().map_or(0.0, |(weight, ..)| weight * SHARE);
        ranked.into_iter().filter(|(weight, ..)| *weight >= enough).map(|(.., id)| id).take(MOST).collect()
    }

    fn earliest(&self, places: &mut [usize], pattern: usize, at: usize) {
        if let Some(Speaks::Topic(topic, _)) = self.patterns.get(pattern)
            && let Some(place) = places.get_mut(*topic)
        {
            *place = at.min(*place);
        }
    }
}
