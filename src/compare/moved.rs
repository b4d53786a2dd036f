//! Moved: deadlines of one commitment that differ between documents, or between versions of one.
//!
//! In: targets and milestones with deadlines, that questions select or two records hold. Out: one row a commitment whose
//! deadline another, earlier document of the same place or of a place above sets differently; of several the nearest.
//! Commitments are one where they name the same thing (`wording`); the time phrase of a milestone is no part of it.

use super::column::{Columns, at, ints, texts, words};
use super::period::Period;
use super::wording::groups;
use crate::error::Result;
use crate::index::Reader;
use crate::lexicon::Lexicon;
use crate::query::{self, Names, Query};
use crate::record::Document;
use crate::table::{Table, TableName};
use crate::text::{Extent, SourceText};
use regex::Regex;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A commitment with a deadline.
#[derive(Debug, Clone, Default)]
struct Commitment {
    name: String,
    text: String,
    deadline: String,
    document: String,
    version: Option<i64>,
    clause: Option<String>,
    place: Option<String>,
    adcode: Option<String>,
    level: Option<String>,
    /// Code of the place whose plans follow each other.
    line: Option<String>,
    /// Date of issue, or the year.
    issued: String,
    start: i64,
    end: i64,
}

/// 到2025年, 2024年底前, 2023年6月底前 and the like.
static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("(?:到|至|于|在|自)?(?:20[0-9]{2}年|年)(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?(?:年?底|末|内|上半年|下半年)?(?:以?前)?[,，]?").ok()
});

fn without_time(text: &str) -> String {
    TIME.as_ref().map_or(Cow::Borrowed(text), |time| time.replace_all(text, "")).into_owned()
}

/// Deadlines that moved between the documents of a ledger.
pub fn moved(reader: Reader<'_>, targets: &Query, milestones: &Query, names: &dyn Names) -> Result<Table> {
    let columns = ["id", "issued"].map(str::to_owned).to_vec();
    let documents = query::run(reader, &Query { columns, ..Query::new(TableName::Documents) }, names)?;
    let issued: BTreeMap<&str, Option<&str>> =
        words(&documents, "id").into_iter().zip(texts(&documents, "issued")).collect();
    let mut all = Vec::new();
    for (table, question) in [(TableName::Targets, targets), (TableName::Milestones, milestones)] {
        let name = if table == TableName::Targets { "indicator" } else { "text" };
        let mut columns =
            ["document", "clause", "text", "deadline", "place", "adcode", "level", "year", "start", "end"].to_vec();
        if name == "indicator" {
            columns.push(name);
        }
        let columns = columns.into_iter().map(str::to_owned).collect();
        let table = query::run(reader, &Query { table, columns, ..question.clone() }, names)?;
        let (document, clause, text) = (words(&table, "document"), texts(&table, "clause"), words(&table, "text"));
        let (named, deadline) = (words(&table, name), texts(&table, "deadline"));
        let (place, adcode, level) = (texts(&table, "place"), texts(&table, "adcode"), texts(&table, "level"));
        let (year, start, end) = (ints(&table, "year"), ints(&table, "start"), ints(&table, "end"));
        for row in 0..table.len() {
            let Some(deadline) = at(&deadline, row) else { continue };
            let document = at(&document, row);
            let year = || at(&year, row).map(|year| year.to_string()).unwrap_or_default();
            all.push(Commitment {
                name: without_time(at(&named, row)),
                text: at(&text, row).to_owned(),
                deadline: deadline.to_owned(),
                document: document.to_owned(),
                version: None,
                clause: at(&clause, row).map(str::to_owned),
                place: at(&place, row).map(str::to_owned),
                adcode: at(&adcode, row).map(|code| names.in_force(code)),
                line: at(&adcode, row).map(|code| names.in_force(code)),
                level: at(&level, row).map(str::to_owned),
                issued: issued.get(document).copied().flatten().map_or_else(year, str::to_owned),
                start: at(&start, row).unwrap_or_default(),
                end: at(&end, row).unwrap_or_default(),
            });
        }
    }
    all.sort_by(|a, b| (&a.issued, &a.document, a.start).cmp(&(&b.issued, &b.document, b.start)));
    let mut above: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for own in all.iter().filter_map(|commitment| commitment.adcode.as_deref()) {
        let places = Lexicon::embedded().places();
        let line = || std::iter::once(own).chain(places.ancestors(own).map(|place| &*place.adcode)).collect();
        above.entry(own).or_insert_with(line);
    }
    table(&pairs(&all, |later| {
        let line = later.adcode.as_deref().and_then(|own| above.get(own));
        line.into_iter().flatten().copied().map(Some).collect()
    }))
}

/// Deadlines that moved between two versions of a document.
pub fn moved_versions(
    id: &str,
    old: (i64, &SourceText, &Document),
    new: (i64, &SourceText, &Document),
) -> Result<Table> {
    let mut all = of_record(id, old);
    all.extend(of_record(id, new));
    // Both versions stand in one line, whatever place they name.
    table(&pairs(&all, |_| vec![None]))
}

fn of_record(id: &str, (version, text, document): (i64, &SourceText, &Document)) -> Vec<Commitment> {
    let place = document.jurisdiction.as_ref();
    let make = |name: &str, words: &Extent, clause: Option<u32>, deadline: &str| Commitment {
        name: without_time(name),
        text: text.wording(words),
        deadline: deadline.to_owned(),
        document: id.to_owned(),
        version: Some(version),
        clause: clause.map(|n| format!("{id}#{n}")),
        place: place.map(|place| place.name.clone()),
        adcode: place.map(|place| place.adcode.clone()),
        line: None,
        level: place.map(|place| crate::index::level_name(place.level).to_owned()),
        issued: document.issued.clone().unwrap_or_default(),
        start: i64::from(words.span.start),
        end: i64::from(words.span.end),
    };
    let targets =
        document.targets.iter().filter_map(|t| Some(make(&t.indicator, &t.text, t.clause, t.deadline.as_deref()?)));
    let milestones = document.milestones.iter().map(|m| make(&text.wording(&m.text), &m.text, m.clause, &m.deadline));
    targets.chain(milestones).collect()
}

/// For each commitment the last earlier one of its group in its own line or in one that `lines` gives, where its
/// deadline is another. Commitments come in the order of their dates, or versions.
fn pairs<'a>(
    all: &'a [Commitment],
    lines: impl Fn(&'a Commitment) -> Vec<Option<&'a str>>,
) -> Vec<(&'a Commitment, &'a Commitment)> {
    let named: Vec<&str> = all.iter().map(|commitment| commitment.name.as_str()).collect();
    let groups = groups(&named);
    let mut members: BTreeMap<(usize, Option<&str>), Vec<&Commitment>> = BTreeMap::new();
    let mut pairs = Vec::new();
    for (later, group) in all.iter().zip(groups.of) {
        let earlier = lines(later).into_iter().rev().filter_map(|line| {
            let member = members.get(&(group, line))?;
            member.iter().rev().take(NEAR).find(|earlier| earlier.is_before(later)).copied()
        });
        let latest = earlier.max_by_key(|earlier| (&earlier.issued, earlier.version));
        pairs.extend(latest.filter(|earlier| earlier.deadline != later.deadline).map(|earlier| (earlier, later)));
        members.entry((group, later.line.as_deref())).or_default().push(later);
    }
    pairs.sort_by(|(_, a), (_, b)| (&a.document, a.version, a.start).cmp(&(&b.document, b.version, b.start)));
    pairs
}

impl Commitment {
    /// True where this is of an earlier document, or version, than the other.
    fn is_before(&self, later: &Self) -> bool {
        match (self.version, later.version) {
            (Some(own), Some(other)) => own < other,
            _ => self.document != later.document && self.issued < later.issued,
        }
    }
}

/// How many of the last commitments of a group and place are asked; those of one day and document come first.
const NEAR: usize = 64;

fn table(pairs: &[(&Commitment, &Commitment)]) -> Result<Table> {
    let days = |(from, to): &(&Commitment, &Commitment)| {
        Some(Period::of(&to.deadline)?.days_after(Period::of(&from.deadline)?))
    };
    let from = |get: fn(&Commitment) -> Option<&String>| pairs.iter().map(move |(from, _)| get(from));
    let to = |get: fn(&Commitment) -> Option<&String>| pairs.iter().map(move |(_, to)| get(to));
    Columns::default()
        .text("document", to(|c| Some(&c.document)))
        .int("version", pairs.iter().map(|(_, c)| c.version))
        .text("clause", to(|c| c.clause.as_ref()))
        .text("place", to(|c| c.place.as_ref()))
        .text("level", to(|c| c.level.as_ref()))
        .text("text", to(|c| Some(&c.text)))
        .text("deadline", to(|c| Some(&c.deadline)))
        .text("earlier_deadline", from(|c| Some(&c.deadline)))
        .int("days", pairs.iter().map(days))
        .text("earlier_document", from(|c| Some(&c.document)))
        .int("earlier_version", pairs.iter().map(|(c, _)| c.version))
        .text("earlier_clause", from(|c| c.clause.as_ref()))
        .text("earlier_place", from(|c| c.place.as_ref()))
        .text("earlier_level", from(|c| c.level.as_ref()))
        .text("earlier_text", from(|c| Some(&c.text)))
        .int("start", pairs.iter().map(|(_, c)| Some(c.start)))
        .int("end", pairs.iter().map(|(_, c)| Some(c.end)))
        .table()
}
