//! Ranges: which brackets and lines of a passage are responsibility groups.
//!
//! In: a passage and the registry. Out: [`Found`] ranges in order, not overlapping. A bracket is a group where it
//! begins with a label, closes with a verb behind bodies, or is nothing but a list of known bodies where a sentence
//! ends; a line is one where it begins with a label.

use super::label::{self, Label, Says};
use super::note;
use super::statement::{self, Kind, Statement};
use crate::facts::Rule;
use crate::facts::body::bracket::{self, Pair};
use crate::facts::body::kind::{self, Sure};
use crate::lexicon::Departments;
use crate::text::Passage;
use crate::text::work::{self, Stage};
use std::ops::Range;

/// Bytes beyond which a bracket is no group: nobody lists so many bodies, and reading stays linear.
pub const LONGEST: usize = 6000;

/// How a group is set off from the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// In brackets.
    Bracket,
    /// By a label alone.
    Line,
}

/// A range that is a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// With brackets.
    pub outer: Range<usize>,
    /// What is to be read.
    pub inner: Range<usize>,
    /// How it is set off.
    pub shape: Shape,
    /// True for a paragraph of its own.
    pub own_line: bool,
    /// The rule that found it.
    pub why: Rule,
    /// What `inner` says, where that was read to tell whether it is a group.
    pub statements: Option<Vec<Statement>>,
}

/// Finds the groups of a passage.
pub fn find(passage: &Passage, registry: &Departments) -> Vec<Found> {
    work::count(Stage::Group, passage.text().len());
    let text = passage.text();
    let labels = label::labels(text);
    let pairs = bracket::pairs(text);
    let mut found: Vec<Found> = Vec::new();
    let mut singles: Vec<Found> = Vec::new();
    let mut end = 0;
    for pair in &pairs {
        if pair.outer.start < end
            || pair.depth > 2
            || pair.inner.len() > LONGEST
            || text.get(pair.outer.clone()).is_some_and(|o| o.starts_with('《'))
        {
            continue;
        }
        let at = labels.partition_point(|label| label.range.start < pair.outer.start);
        let is_label = labels.get(at).is_some_and(|label| label.range.start == pair.outer.start);
        if !is_label && let Some((why, statements)) = bracket_group(passage, pair, &found, registry) {
            end = pair.outer.end;
            let own_line = is_own_line(passage, &pair.outer);
            let (outer, inner) = (pair.outer.clone(), pair.inner.clone());
            let bracket = Found { outer, inner, shape: Shape::Bracket, own_line, why, statements };
            if why == "group.single-bracket" { singles.push(bracket) } else { found.push(bracket) }
        }
    }
    // 淘汰落后产能（市工信局）;建设绿色工厂（市工信局、市生态环境局）: one body alone hands out work beside a list that does.
    if found.iter().any(|group| group.why == "group.list-bracket") && !singles.is_empty() {
        found.extend(singles);
        found.sort_by_key(|group| group.outer.start);
    }
    let mut lines = line_groups(passage, &labels, &pairs, &found);
    lines.extend(bare_lines(passage, &found, registry));
    // Lines first come, first served; a bracket inside a labelled line belongs to it.
    lines.sort_by_key(|line| line.outer.start);
    found.retain(|bracket| {
        let next = lines.partition_point(|line| line.outer.start <= bracket.outer.start);
        next.checked_sub(1).and_then(|i| lines.get(i)).is_none_or(|line| bracket.outer.end > line.outer.end)
    });
    found.extend(lines);
    found.sort_by_key(|group| group.outer.start);
    found
}

/// The rule by which a bracket is a group, with what it says where that was read.
fn bracket_group(
    passage: &Passage,
    pair: &Pair,
    before: &[Found],
    registry: &Departments,
) -> Option<(Rule, Option<Vec<Statement>>)> {
    work::count(Stage::Group, pair.outer.len());
    let text = passage.text();
    let content = passage.get(pair.inner.clone());
    let adjacent = before.last().is_some_and(|group| group.outer.end == pair.outer.start);
    let head = content.split([',', ';', '、', '。', ':']).next().unwrap_or_default();
    if content.contains(':') {
        match label::says(content.get(..content.find(':')?)?) {
            Some((Says::Bodies(_), _)) => {
                return labelled(text, pair, registry);
            }
            Some((Says::Time, _)) if adjacent => return Some(("group.time-limit", None)),
            _ => {}
        }
        // 2021年6月底前完成, 责任单位:甲局: a label behind something else.
        let full = label::labels(content).iter().any(|label| label.full && matches!(label.says, Says::Bodies(_)));
        if full {
            return labelled(text, pair, registry);
        }
    }
    if content.chars().count() < 3 || content.contains(['《', '?', '=']) || head.is_empty() {
        return None;
    }
    let statements = statement::read(text, pair.inner.clone(), registry);
    let names: Vec<Sure> = statements
        .iter()
        .filter(|s| s.kind == Kind::Bodies)
        .flat_map(|s| s.names.iter().map(move |name| (s, passage.get(name.clone()))))
        .map(|(s, name)| {
            // 开发区医保、卫健部门: the last says what the others are.
            let last = s.names.last().map(|last| passage.get(last.clone()));
            let shared = s.names.len() > 1 && last.is_some_and(|last| last.ends_with("部门"));
            if (s.of_departments || shared) && kind::sure(&format!("{name}部门"), registry) == Sure::Known {
                Sure::Known
            } else {
                kind::sure(name, registry)
            }
        })
        .collect();
    let known = names.iter().filter(|sure| **sure == Sure::Known).count();
    let unheard = names.iter().filter(|sure| **sure == Sure::No).count();
    if known == 0 || unheard > 0 && (known < 2 || unheard * 3 > known) {
        return None;
    }
    if statements.iter().any(|s| s.kind == Kind::Bodies && s.verb.is_some())
        || statements.iter().any(|s| s.label.is_some())
    {
        // 医疗集团（县人民医院牵头）统一管理: one body in mid-sentence glosses the word before it.
        let gloss = names.len() == 1 && !stands_at_a_sign(passage, pair);
        return (!gloss).then_some(("group.verb-bracket", Some(statements)));
    }
    let rule = statements
        .iter()
        .any(|s| matches!(s.kind, Kind::FirstLeads | Kind::FirstOfEachLeads | Kind::Implied | Kind::ImpliedBefore));
    let open = statements.iter().any(|s| s.open);
    if known < names.len() {
        return None;
    }
    let several = names.len() > 1 || open || rule;
    if stands_at_an_end(passage, pair, several, registry) {
        return Some(("group.list-bracket", Some(statements)));
    }
    (!several && stands_at_an_end(passage, pair, true, registry)).then_some(("group.single-bracket", Some(statements)))
}

/// A labelled bracket is a group where it names anybody.
fn labelled(text: &str, pair: &Pair, registry: &Departments) -> Option<(Rule, Option<Vec<Statement>>)> {
    let statements = statement::read(text, pair.inner.clone(), registry);
    let names = statements.iter().any(|s| s.label.is_some() && !s.names.is_empty());
    names.then_some(("group.labelled-bracket", Some(statements)))
}

/// True where a sign or the text's end stands before or behind a bracket: it closes a part.
fn stands_at_a_sign(passage: &Passage, pair: &Pair) -> bool {
    let text = passage.text();
    let paragraph = passage.paragraph_of(pair.outer.start);
    let signs = ['。', ';', ',', '、', ':', '!', '(', ')'];
    let after = text.get(pair.outer.end..).unwrap_or_default();
    pair.outer.end >= paragraph.end
        || pair.outer.start == paragraph.start
        || after.starts_with(signs)
        || text.get(..pair.outer.start).unwrap_or_default().ends_with(signs)
}

/// A list without label or verb is a group only where a sentence ends, not as the gloss of a word.
fn stands_at_an_end(passage: &Passage, pair: &Pair, several: bool, registry: &Departments) -> bool {
    let text = passage.text();
    let before = text.get(..pair.outer.start).unwrap_or_default();
    let after = text.get(pair.outer.end..).unwrap_or_default();
    let paragraph = passage.paragraph_of(pair.outer.start);
    let closed_before = before.ends_with(['。', ';', '!', '”']) || pair.outer.start == paragraph.start;
    let ends = after.is_empty() || after.starts_with(['。', ';']) || pair.outer.end >= paragraph.end;
    if closed_before && !before.ends_with('”') {
        return true;
    }
    let line = before.get(floor(text, paragraph.start.max(before.len().saturating_sub(120)))..).unwrap_or_default();
    let word = line.rsplit([',', '。', ';', '、', ':']).next().unwrap_or_default();
    ends && several && !kind::ends_like_a_body(word) && kind::sure(word, registry) != Sure::Known
}

/// The last beginning of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn is_own_line(passage: &Passage, outer: &Range<usize>) -> bool {
    let paragraph = passage.paragraph_of(outer.start);
    let rest = passage.get(outer.end..paragraph.end.max(outer.end));
    paragraph.start == outer.start && rest.trim_matches(['。', ';', ',']).is_empty()
}

/// Groups that a label opens outside brackets, from the label to the end of the line or sentence.
fn line_groups(passage: &Passage, labels: &[Label], pairs: &[Pair], brackets: &[Found]) -> Vec<Found> {
    work::count(Stage::Group, labels.len() + pairs.len() + brackets.len());
    let text = passage.text();
    let mut groups: Vec<Found> = Vec::new();
    let outer: Vec<&Pair> = pairs.iter().filter(|pair| pair.depth == 0).collect();
    let inside = |at: usize| {
        let next = outer.partition_point(|pair| pair.outer.start < at);
        next.checked_sub(1).and_then(|i| outer.get(i)).is_some_and(|pair| at < pair.outer.end)
    };
    for (i, label) in labels.iter().enumerate() {
        let at = label.range.start;
        if !label.full
            || !matches!(label.says, Says::Bodies(_))
            || inside(at)
            || groups.last().is_some_and(|g| at < g.outer.end)
        {
            continue;
        }
        let before = text.get(..at).unwrap_or_default();
        let paragraph = passage.paragraph_of(at);
        let unclosed = before.ends_with(['(', '〔', '[', '【']);
        let bullet = passage.get(paragraph.start..at);
        let starts_line =
            bullet.chars().all(|c| matches!(c, '—' | '·' | '●' | '■' | '◆' | '★' | '*' | '-' | '(' | '[' | '※'));
        if !(starts_line || unclosed || before.ends_with(['。', ';', '!', '?', ')', '】', '”'])) {
            continue;
        }
        let next = brackets.partition_point(|bracket| bracket.outer.start <= at);
        if next.checked_sub(1).and_then(|i| brackets.get(i)).is_some_and(|bracket| at < bracket.outer.end) {
            continue;
        }
        let end = line_end(passage, labels, at, paragraph.end);
        if end > label.range.end && end - at <= LONGEST {
            let own_line = starts_line
                && passage
                    .get(end..passage.paragraph_of(end.saturating_sub(1)).end)
                    .trim_matches(['。', ';'])
                    .is_empty();
            // 完成时限:6月底 on the line in front belongs to the bodies behind it.
            let time = i.checked_sub(1).and_then(|i| labels.get(i)).filter(|time| {
                let line = passage.paragraph_of(time.range.start);
                starts_line && time.full && time.says == Says::Time && line.start == time.range.start && line.end == at
            });
            let at = time.map_or(at, |time| time.range.start);
            groups.push(Found {
                outer: at..end,
                inner: at..end,
                shape: Shape::Line,
                own_line,
                why: "group.labelled-line",
                statements: None,
            });
        }
    }
    groups
}

/// Where the group that begins at `at` ends: at the line's end, or where after a 。 something else begins; the next lines
/// belong to it where they begin with a label (配合单位:, 完成时限:) or go on with the list.
fn line_end(passage: &Passage, labels: &[Label], at: usize, first: usize) -> usize {
    let text = passage.text();
    let label_at = |at: usize| {
        labels.get(labels.partition_point(|label| label.range.start < at)).filter(|label| label.range.start == at)
    };
    let mut line = at..first.min(floor(text, at + LONGEST));
    loop {
        let mut end = line.start;
        for (piece, sign) in bracket::split(text, line.clone(), |c| c == '。') {
            let words = passage.get(piece.clone());
            let goes_on = piece.start == line.start
                || label_at(piece.start).is_some()
                || note::first_leads(words).is_some()
                || words.contains("不再列出")
                || words.contains("均涉及")
                || words == "下同";
            if words.is_empty() {
                end = piece.end;
                continue;
            }
            if !goes_on {
                return end;
            }
            end = piece.end + sign.map_or(0, char::len_utf8);
        }
        let next = passage.paragraph_of(end);
        if end >= text.len() || next.start != end {
            return end;
        }
        // A label said again opens the next group.
        let words = |label: &Label| text.get(label.range.clone()).unwrap_or_default();
        let other = |label: &Label| label.full && label_at(at).is_none_or(|first| words(first) != words(label));
        let goes_on = passage.get(line.clone()).ends_with(['、', ',', ':']) || label_at(end).is_some_and(other);
        if !goes_on || next.end - at > LONGEST {
            return end;
        }
        line = next;
    }
}

/// A last line that is nothing but bodies and their verbs (市教育局牵头，市财政局配合。), without brackets or label.
fn bare_lines(passage: &Passage, found: &[Found], registry: &Departments) -> Vec<Found> {
    work::count(Stage::Group, passage.text().len() + found.len());
    let text = passage.text();
    let mut lines = Vec::new();
    for start in passage.paragraphs().iter().skip(1) {
        let paragraph = passage.paragraph_of(*start);
        let words = passage.get(paragraph.clone());
        let taken = found.iter().any(|group| group.outer.start < paragraph.end && paragraph.start < group.outer.end);
        if taken
            || words.len() > 900
            || words.contains(':')
            || label::closing_verb(words.trim_end_matches('。')).is_none()
        {
            continue;
        }
        let inner = paragraph.start..paragraph.start + words.trim_end_matches('。').len();
        let statements = statement::read(text, inner.clone(), registry);
        let whole = statements.iter().all(|s| {
            s.kind == Kind::Bodies
                && s.verb.is_none_or(|_| label::closing_verb(passage.get(s.range.clone())).is_some())
                && s.names.iter().all(|name| kind::sure(passage.get(name.clone()), registry) == Sure::Known)
        });
        if whole && statements.iter().any(|s| s.verb.is_some() && !s.names.is_empty()) {
            lines.push(Found {
                outer: paragraph.clone(),
                inner,
                shape: Shape::Line,
                own_line: true,
                why: "group.bare-line",
                statements: Some(statements),
            });
        }
    }
    lines
}
