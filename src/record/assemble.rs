//! Assembly: a text becomes a [`Document`].
//!
//! In: source text and lexicon. Out: the document with all its rows, in text order. What holds across clauses is
//! settled here: groups of inner nodes and of lines behind several clauses, bodies implied by a rule stated earlier.

use super::kind::{is_preamble, is_report, is_review, is_work};
use super::place::{jurisdiction, level_word};
use super::{Assignment, Citation, Clause, Document, Kind, Milestone, Note, Section, Target};
use crate::facts::citation::Citations;
use crate::facts::group::{self, Rules};
use crate::facts::{Context, GroupFact, MilestoneFact, Role, TargetFact, target};
use crate::lexicon::Lexicon;
use crate::outline::head::Head;
use crate::outline::{Cell, Column, Node, Outline};
use crate::text::{Passage, PassageBuilder, SourceText, tidy};
use std::collections::BTreeMap;
use std::ops::Range;

/// Reads a document.
pub fn parse(source: &SourceText, lexicon: &Lexicon) -> Document {
    let outline = Outline::of(source);
    let head = Head::of(source, &outline);
    let introduction = introduction(source, &outline, &head);
    let jurisdiction = jurisdiction(&head, introduction.text(), lexicon);
    let year = head.issued.map(jiff::civil::Date::year);
    let plan_year = [&head.title, &head.plan_title].into_iter().flatten().find_map(|t| year_in(t)).or(year);
    let context = Context { plan_year, issued: head.issued, level_word: jurisdiction.as_ref().and_then(level_word) };
    let mut document = Document {
        title: head.title.clone(),
        number: head.number.clone(),
        issuers: head.issuers.clone(),
        issued: head.issued.map(|d| d.to_string()),
        jurisdiction,
        year,
        plan_year,
        ..Document::default()
    };
    Assembly { source, lexicon, outline: &outline, context, behind: Vec::new() }.run(
        &head,
        &introduction,
        &mut document,
    );
    document
}

struct Assembly<'a> {
    source: &'a SourceText,
    lexicon: &'a Lexicon,
    outline: &'a Outline,
    context: Context,
    /// For each node the later sibling whose group governs it too.
    behind: Vec<Option<usize>>,
}

impl Assembly<'_> {
    fn run(mut self, head: &Head, introduction: &Passage, document: &mut Document) {
        let nodes = &self.outline.nodes;
        let mut rules = Rules::default();
        let groups: Vec<Vec<GroupFact>> = nodes
            .iter()
            .zip(0..)
            .map(|(node, i)| {
                if node.cells.is_empty() {
                    group::extract(&node.passage, i, &mut rules, self.lexicon, &self.context)
                } else {
                    self.groups_in_cells(node)
                }
            })
            .collect();
        self.behind = behind(nodes, &groups);
        let reports = head.title.as_deref().is_some_and(is_report);
        let has_group = |i: usize| groups.get(i).is_some_and(|g| !g.is_empty());
        let mut cited = Citations::of(
            [&head.title, &head.plan_title].into_iter().flatten().map(String::as_str),
            head.number.as_deref(),
        );
        Self::cite(&mut cited, introduction, None, document);

        let mut section = None;
        for (i, node) in nodes.iter().enumerate() {
            if self.outline.is_section(node) {
                section = Some(document.sections.len() as u32);
                document.sections.push(Section {
                    plan: node.plan,
                    no: node.marker.no,
                    heading: node.passage.extent(node.heading_line()),
                });
            } else if node.parent.is_none() {
                section = None;
            }
            let own = groups.get(i).map_or(&[][..], Vec::as_slice);
            let clause = self.outline.is_clause(node, has_group(i)).then(|| document.clauses.len() as u32 + 1);
            if let Some(n) = clause {
                let title = node.title();
                let kind = if own.is_empty() { self.kind(i, title.clone()) } else { Kind::Task };
                let section_heading = section
                    .and_then(|s| document.sections.get(s as usize))
                    .map(|s| self.source.wording(&s.heading).chars().map(tidy).collect::<String>());
                document.clauses.push(Clause {
                    path: node.path.clone(),
                    section,
                    heading: title.clone().map(|t| node.passage.extent(t)),
                    kind,
                    text: node.passage.extent(0..node.passage.text().len()),
                    topics: self.topics(node, title, own, section_heading.as_deref()),
                });
                let parts = self.assign(i, n, &groups, document);
                if kind == Kind::Task {
                    self.imply(i, n, parts, &rules, document);
                }
            }
            Self::cite(&mut cited, &node.passage, clause, document);
            if !reports && !self.looks_back(i) {
                self.measure(node, own, clause, document);
            }
        }
        for gap in &self.outline.gaps {
            let at = nodes.get(gap.node).map(|n| n.passage.extent(0..n.first.min(n.passage.text().len())));
            let message = format!("a marker numbered {} stands where {} was due", gap.found, gap.expected);
            document.notes.push(Note { clause: None, kind: "skipped-number".to_owned(), message, at });
        }
    }

    /// The bodies that a task table's row names, each column with its role; a part for each line of a merged row.
    fn groups_in_cells(&self, node: &Node) -> Vec<GroupFact> {
        let deadlines: Vec<&Cell> =
            node.cells.iter().filter(|c| c.column == Column::Deadline && !c.range.is_empty()).collect();
        // Merged over several lines, a time holds until the next.
        let limit = |part: u32| {
            let next = deadlines.partition_point(|c| c.part <= part);
            next.checked_sub(1).and_then(|i| deadlines.get(i)).map(|c| c.range.clone())
        };
        let columns = [
            (Column::Lead, Role::Lead),
            (Column::Responsible, Role::Responsible),
            (Column::Cooperating, Role::Cooperating),
            (Column::Supervising, Role::Supervising),
        ];
        let named = node.cells.iter().filter_map(|c| {
            columns.iter().find(|(column, _)| *column == c.column).map(|(_, role)| (c.range.clone(), *role, c.part))
        });
        named
            .filter(|(range, ..)| !range.is_empty())
            .map(|(range, role, part)| {
                let (bodies, open) = group::bodies(&node.passage, range.clone(), role, self.lexicon);
                GroupFact { range, part, bodies, open, time_limit: limit(part), own_line: false }
            })
            .collect()
    }

    /// By the clause's own heading, else by that of the nearest node above that has one.
    fn kind(&self, at: usize, title: Option<Range<usize>>) -> Kind {
        let nodes = &self.outline.nodes;
        let Some(node) = nodes.get(at) else { return Kind::Task };
        let own = title
            .map(|t| node.passage.get(t))
            .or_else(|| self.outline.is_section(node).then(|| node.passage.get(node.heading_line())));
        let mut headings: Vec<&str> = own.into_iter().collect();
        headings.extend(self.above(at));
        // 总体要求 over 重点任务: the nearest heading that says what it holds decides.
        let telling = headings.iter().find(|h| is_preamble(h) || is_work(h));
        if telling.is_some_and(|h| is_preamble(h)) { Kind::Preamble } else { Kind::Task }
    }

    /// The headings over a node, the nearest first.
    fn above(&self, at: usize) -> Vec<&str> {
        let nodes = &self.outline.nodes;
        let mut headings = Vec::new();
        let mut above = nodes.get(at).and_then(|n| n.parent);
        while let Some(parent) = above.and_then(|i| nodes.get(i)) {
            headings.push(parent.passage.get(parent.heading_line()));
            above = parent.parent;
        }
        headings
    }

    /// True for what looks back (工作回顾, 存在的问题): what has been achieved obliges nobody.
    fn looks_back(&self, at: usize) -> bool {
        let nodes = &self.outline.nodes;
        let own = nodes.get(at).map(|n| n.passage.get(n.heading_line()));
        own.into_iter().chain(self.above(at)).any(is_review)
    }

    fn topics(
        &self,
        node: &Node,
        title: Option<Range<usize>>,
        groups: &[GroupFact],
        section: Option<&str>,
    ) -> Vec<String> {
        let text = node.passage.text();
        let mut prose = String::with_capacity(text.len());
        let mut from = title.as_ref().map_or(0, |t| t.end);
        for group in groups {
            prose.push_str(text.get(from..group.range.start).unwrap_or_default());
            from = group.range.end.max(from);
        }
        prose.push_str(text.get(from..).unwrap_or_default());
        let title = title.map(|t| node.passage.get(t));
        self.lexicon.topics().classify(title, &prose, section).into_iter().map(str::to_owned).collect()
    }

    /// Assignments of a clause: its own groups', else those of the nearest node above, else those of a group on a line
    /// of its own behind a later sibling. Gives the number of parts.
    fn assign(&self, at: usize, n: u32, groups: &[Vec<GroupFact>], document: &mut Document) -> u32 {
        let nodes = &self.outline.nodes;
        let of = |i: usize| groups.get(i).map_or(&[][..], Vec::as_slice);
        let mut from = at;
        if of(at).is_empty() {
            let mut above = nodes.get(at).and_then(|n| n.parent);
            while let Some(i) = above.filter(|i| of(*i).is_empty()) {
                above = nodes.get(i).and_then(|n| n.parent);
            }
            match above.or_else(|| self.behind.get(at).copied().flatten()) {
                Some(i) => from = i,
                None => return 0,
            }
        }
        let Some(owner) = nodes.get(from) else { return 0 };
        let shared = from != at;
        for group in of(from).iter().filter(|g| !shared || g.own_line || nodes.get(from).is_some_and(|o| !o.leaf)) {
            let whole = owner.passage.extent(group.range.clone());
            for body in &group.bodies {
                let part = if shared { 1 } else { group.part };
                if body.functions.is_empty() {
                    let message = format!("{} is no body that the lexicon knows", body.name);
                    document.notes.push(Note {
                        clause: Some(n),
                        kind: "unknown-body".to_owned(),
                        message,
                        at: Some(owner.passage.extent(body.printed.clone())),
                    });
                }
                document.assignments.push(Assignment {
                    clause: n,
                    part,
                    body: body.name.clone(),
                    functions: body.functions.clone(),
                    role: body.role,
                    implied: false,
                    open: group.open,
                    name: owner.passage.extent(body.printed.clone()),
                    group: Some(whole.clone()),
                    why: body.why.iter().map(|w| (*w).to_owned()).collect(),
                });
            }
        }
        if shared { 1 } else { of(at).iter().map(|g| g.part).max().unwrap_or(0) }
    }

    /// Bodies that hold through a rule stated in an earlier clause, in each part.
    fn imply(&self, at: usize, n: u32, parts: u32, rules: &Rules, document: &mut Document) {
        for body in rules.implied.iter().filter(|b| (b.stated_in as usize) < at) {
            let Some(stated) = self.outline.nodes.get(body.stated_in as usize) else { continue };
            for part in 1..=parts.max(1) {
                let explicit = document
                    .assignments
                    .iter()
                    .rev()
                    .take_while(|a| a.clause == n)
                    .any(|a| a.part == part && a.body == body.name);
                if !explicit {
                    document.assignments.push(Assignment {
                        clause: n,
                        part,
                        body: body.name.clone(),
                        functions: body.functions.clone(),
                        role: body.role,
                        implied: true,
                        open: false,
                        name: stated.passage.extent(body.stated.clone()),
                        group: None,
                        why: vec!["group.implied".to_owned()],
                    });
                }
            }
        }
    }

    fn cite(cited: &mut Citations, passage: &Passage, clause: Option<u32>, document: &mut Document) {
        for fact in cited.extract(passage) {
            document.citations.push(Citation {
                clause,
                title: fact.title,
                number: fact.number,
                text: passage.extent(fact.range),
            });
        }
    }

    /// Targets and milestones of a clause, or of the paragraph under a section or inner node.
    fn measure(&self, node: &Node, groups: &[GroupFact], clause: Option<u32>, document: &mut Document) {
        let heading = if node.leaf && clause.is_some() && !self.outline.is_section(node) {
            node.title().unwrap_or(0..0)
        } else {
            node.heading_line()
        };
        let mut blind: Vec<Range<usize>> = groups.iter().map(|g| g.range.clone()).collect();
        if !heading.is_empty() {
            blind.insert(0, heading);
        }
        let mut parts: Vec<(Range<usize>, u32)> = Vec::new();
        let mut from = 0;
        for group in groups {
            parts.push((from..group.range.end, group.part));
            from = group.range.end;
        }
        // A line of a table is one part, whichever column names its bodies.
        if !node.cells.is_empty() && !groups.is_empty() {
            parts.clear();
            for cell in &node.cells {
                match parts.last_mut() {
                    Some((range, part)) if *part == cell.part => range.end = cell.range.end,
                    _ => parts.push((cell.range.clone(), cell.part)),
                }
            }
        }
        let mut limit_of = BTreeMap::new();
        for group in groups {
            if let Some(limit) = &group.time_limit {
                limit_of.entry(group.part).or_insert(limit);
            }
        }
        let limits: Vec<(Range<usize>, Range<usize>)> =
            parts.iter().filter_map(|(range, part)| Some((range.clone(), (*limit_of.get(part)?).clone()))).collect();
        let (targets, milestones) =
            target::extract(&node.passage, &blind, &limits, &self.context, self.lexicon.units());
        let part_of = |at: &Range<usize>| {
            let next = parts.partition_point(|(part, _)| part.end <= at.start);
            parts.get(next).filter(|(part, _)| part.contains(&at.start)).map(|(_, no)| *no)
        };
        for fact in targets {
            let part = part_of(&fact.range);
            document.targets.push(row(fact, &node.passage, clause, &node.path, part));
        }
        for MilestoneFact { range, deadline, why } in milestones {
            let part = part_of(&range);
            let text = node.passage.extent(range);
            let why = why.into_iter().map(str::to_owned).collect();
            document.milestones.push(Milestone { clause, path: node.path.clone(), part, text, deadline, why });
        }
    }
}

/// For each node the later sibling whose group on a line of its own governs it too: none in between has a group.
fn behind(nodes: &[Node], groups: &[Vec<GroupFact>]) -> Vec<Option<usize>> {
    let mut next: BTreeMap<Option<usize>, usize> = BTreeMap::new();
    let mut found = vec![None; nodes.len()];
    for (i, node) in nodes.iter().enumerate().rev() {
        let own = groups.get(i).map_or(&[][..], Vec::as_slice);
        if own.is_empty() {
            let later = next.get(&node.parent).copied().filter(|_| node.parent.is_some());
            if let Some(slot) = found.get_mut(i) {
                *slot = later.filter(|j| groups.get(*j).is_some_and(|g| g.iter().any(|g| g.own_line)));
            }
        } else {
            next.insert(node.parent, i);
        }
    }
    found
}

/// Notice letter, title and introduction: what stands between the document's begin and its outline.
fn introduction(source: &SourceText, outline: &Outline, head: &Head) -> Passage {
    let mut builder = PassageBuilder::default();
    for line in outline.lines.lines.get(outline.bounds.head.clone()).unwrap_or_default() {
        if line.span.start >= head.begins {
            if line.opens {
                builder.paragraph();
            }
            line.push(&mut builder, source);
        }
    }
    builder.finish()
}

fn row(fact: TargetFact, passage: &Passage, clause: Option<u32>, path: &[u32], part: Option<u32>) -> Target {
    Target {
        clause,
        path: path.to_vec(),
        part,
        text: passage.extent(fact.range),
        indicator: fact.indicator,
        op: fact.op,
        value: fact.value,
        value_high: fact.value_high,
        unit: fact.unit,
        per: fact.per,
        baseline: fact.baseline,
        baseline_period: fact.baseline_period,
        change: fact.change,
        deadline: fact.deadline,
        implied: fact.implied,
        why: fact.why.into_iter().map(str::to_owned).collect(),
    }
}

/// The one year that a title names.
fn year_in(title: &str) -> Option<i16> {
    let digits: Vec<(usize, char)> = title.char_indices().collect();
    let years: Vec<i16> = digits
        .windows(5)
        .filter(|w| {
            w.iter().take(4).all(|(_, c)| c.is_ascii_digit())
                && w.last().is_some_and(|(_, c)| matches!(c, '年' | '—' | '-' | '~' | '至'))
        })
        .filter_map(|w| w.iter().take(4).map(|(_, c)| *c).collect::<String>().parse().ok())
        .filter(|y| (1949..2100).contains(y))
        .collect();
    match years.as_slice() {
        [year] => Some(*year),
        _ => None,
    }
}
