//! Groups: who does it, in which role (（市卫生健康局、市财政局负责）, 牵头单位：市教育局).
//!
//! In: a clause's passage, the rules that the document has stated so far, the lexicon. Out: the passage's groups in
//! order, each with its bodies, and the rules as they stand behind it. Guarantee: a group's range holds its bodies'
//! ranges, which do not overlap; work is linear in the passage. Which siblings a group governs, and the rows that
//! implied bodies give, are the caller's.

pub mod label;
pub mod note;
mod range;
pub mod statement;

use super::body::kind::{self, Sure};
use super::body::{self, Body};
use super::{BodyFact, Context, GroupFact, Role, Rule};
use crate::lexicon::{How, Lexicon};
use crate::text::Passage;
use range::Shape;
use statement::{Kind, Statement};
use std::ops::Range;

/// What a document states for all that follows; the state of one pass in the order of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// The first body of a group without labels is its lead (列在第一位的部门为牵头部门).
    pub first_leads: bool,
    /// So is the first of each of several lists (两省市列首位的为牵头单位).
    pub first_of_each_leads: bool,
    /// Bodies of every later task (以下均需各市人民政府负责，不再列出).
    pub implied: Vec<ImpliedBody>,
}

/// A body that a rule gives to every later task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImpliedBody {
    /// Its name, written out whole.
    pub name: String,
    /// Its functions, the main one first.
    pub functions: Vec<String>,
    /// Its role.
    pub role: Role,
    /// The sentence that states the rule, in the passage of the clause that states it.
    pub stated: Range<usize>,
    /// That clause, by the number that the caller gave.
    pub stated_in: u32,
}

/// The groups of one clause's passage in order; `rules` is brought up to its end.
///
/// A bare name takes its level word from the group and never from the document, so the context is not asked yet.
pub fn extract(
    passage: &Passage,
    clause: u32,
    rules: &mut Rules,
    lexicon: &Lexicon,
    _context: &Context,
) -> Vec<GroupFact> {
    let mut groups: Vec<GroupFact> = Vec::new();
    let registry = lexicon.departments();
    let mut read_to = 0;
    for found in range::find(passage, registry) {
        stated_outside(passage, read_to..found.outer.start, clause, rules, lexicon);
        read_to = found.outer.end;
        let part = groups.len() as u32 + 1;
        let group = read(passage, &found, part, clause, rules, lexicon);
        match groups.last_mut() {
            // （牵头单位：甲局）（配合单位：乙局）, （甲局负责）（完成时限：6月）: nothing in between, one group.
            Some(last)
                if last.range.end == found.outer.start
                    && found.shape == Shape::Bracket
                    && found.outer.end - last.range.start <= range::LONGEST =>
            {
                last.range.end = found.outer.end;
                last.open |= group.open;
                last.time_limit = last.time_limit.take().or(group.time_limit);
                last.bodies.extend(group.bodies);
            }
            _ if group.bodies.is_empty() => {}
            _ => groups.push(group),
        }
    }
    stated_outside(passage, read_to..passage.text().len(), clause, rules, lexicon);
    groups
}

/// Where the groups of a passage stand.
pub fn group_ranges(passage: &Passage, lexicon: &Lexicon) -> Vec<Range<usize>> {
    extract(passage, 0, &mut Rules::default(), lexicon, &Context::default())
        .into_iter()
        .map(|group| group.range)
        .collect()
}

/// The bodies of a cell or field whose role is known from elsewhere (a column 牵头单位), and whether 等 leaves it open.
pub fn bodies(passage: &Passage, range: Range<usize>, role: Role, lexicon: &Lexicon) -> (Vec<BodyFact>, bool) {
    let registry = lexicon.departments();
    if range.len() > range::LONGEST {
        return (Vec::new(), false);
    }
    let mut statements = statement::read(passage.text(), range, registry);
    for statement in &mut statements {
        statement.label = statement.label.or(Some(role));
    }
    let open = statements.iter().any(|statement| statement.open);
    (assign(passage.text(), &statements, &Rules::default(), lexicon), open)
}

/// Rules said in running text: 各项任务排在第一位的为牵头单位.
fn stated_outside(passage: &Passage, range: Range<usize>, clause: u32, rules: &mut Rules, lexicon: &Lexicon) {
    let text = passage.text();
    let words = text.get(range.clone()).unwrap_or_default();
    if !words.contains("牵头") && !words.contains("不再") {
        return;
    }
    for (sentence, _) in body::bracket::split(text, range, |c| matches!(c, '。' | ';' | '!')) {
        let words = passage.get(sentence.clone());
        if words.chars().count() > 80 {
            continue;
        }
        match note::first_leads(words) {
            Some(Kind::FirstLeads) => rules.first_leads = true,
            Some(_) => rules.first_of_each_leads = true,
            None if note::not_listed_again(words) => {
                let statements = statement::read(text, sentence.clone(), lexicon.departments());
                if statements.iter().any(|s| s.kind == Kind::Implied) {
                    state_implied(text, &statements, clause, rules, lexicon);
                }
            }
            None => {}
        }
    }
}

fn read(
    passage: &Passage,
    found: &range::Found,
    part: u32,
    clause: u32,
    rules: &mut Rules,
    lexicon: &Lexicon,
) -> GroupFact {
    let text = passage.text();
    let read = found.statements.clone();
    let statements = read.unwrap_or_else(|| statement::read(text, found.inner.clone(), lexicon.departments()));
    for statement in &statements {
        rules.first_leads |= statement.kind == Kind::FirstLeads;
        rules.first_of_each_leads |= statement.kind == Kind::FirstOfEachLeads;
    }
    let mut bodies = assign(text, &statements, rules, lexicon);
    for body in &mut bodies {
        body.why.insert(0, found.why);
    }
    state_implied(text, &statements, clause, rules, lexicon);
    GroupFact {
        range: found.outer.clone(),
        part,
        bodies,
        open: statements.iter().any(|statement| statement.open),
        time_limit: statements.iter().find(|s| s.kind == Kind::Time && !s.range.is_empty()).map(|s| s.range.clone()),
        own_line: found.own_line,
    }
}

/// The statements that a rule for all later tasks is made of.
fn implied_statements(statements: &[Statement]) -> Vec<usize> {
    let mut indexes = Vec::new();
    for (index, statement) in statements.iter().enumerate() {
        match statement.kind {
            Kind::Implied => indexes.push(index),
            // 甲组织, 乙落实, 以下不再列出: all that stands between the rule's beginning and its end.
            Kind::NotListedAgain => {
                let begin = statements.get(..index).unwrap_or_default().iter().rposition(|s| s.kind == Kind::Implied);
                if let Some(begin) =
                    begin.filter(|b| statements.get(*b).is_some_and(|s| s.sentence == statement.sentence))
                {
                    indexes.extend(
                        (begin + 1..index).filter(|i| statements.get(*i).is_some_and(|s| s.kind == Kind::Bodies)),
                    );
                }
            }
            Kind::ImpliedBefore => {
                indexes.extend(
                    index.checked_sub(1).filter(|i| statements.get(*i).is_some_and(|s| s.kind == Kind::Bodies)),
                );
            }
            _ => {}
        }
    }
    indexes.sort_unstable();
    indexes.dedup();
    indexes
}

/// Takes up the bodies that hold for all later tasks.
fn state_implied(text: &str, statements: &[Statement], clause: u32, rules: &mut Rules, lexicon: &Lexicon) {
    let registry = lexicon.departments();
    let indexes = implied_statements(statements);
    if indexes.is_empty() {
        return;
    }
    let bodies = body::restore(text, &statement::items(statements), registry);
    for index in indexes {
        let Some(statement) = statements.get(index) else { continue };
        let stated = sentence(statements, statement.sentence).unwrap_or_else(|| statement.range.clone());
        let own: Vec<&Body> = bodies.iter().filter(|body| body.statement == index).collect();
        // 甲局、各市人民政府, 以下各条均涉及: only who is everywhere can be meant.
        let crowd = statement.kind == Kind::Bodies && own.iter().any(|body| kind::is_collective(&body.name, registry));
        for body in own {
            if crowd && !kind::is_collective(&body.name, registry) || rules.implied.iter().any(|i| i.name == body.name)
            {
                continue;
            }
            rules.implied.push(ImpliedBody {
                name: body.name.clone(),
                functions: functions(&body.name, lexicon),
                role: statement.verb.flatten().unwrap_or(Role::Responsible),
                stated: stated.clone(),
                stated_in: clause,
            });
        }
    }
}

/// From the first to the last statement of a sentence that belongs to a rule.
fn sentence(statements: &[Statement], number: usize) -> Option<Range<usize>> {
    let mut own = statements.iter().filter(|s| s.sentence == number);
    let rule = |s: &&Statement| matches!(s.kind, Kind::Implied);
    let all: Vec<&Statement> = own.by_ref().collect();
    let begin = all.iter().position(rule).unwrap_or(0);
    Some(all.get(begin)?.range.start..all.last()?.range.end)
}

/// All functions of a body; of a collective said with 、 (省有关部门、单位) those of its first word.
fn functions(name: &str, lexicon: &Lexicon) -> Vec<String> {
    let registry = lexicon.departments();
    // 七星关区 is a place and no customs house.
    let of_level = name.ends_with(['省', '市', '县', '区', '州', '旗', '盟']);
    if of_level && lexicon.places().find_prefix(name, None).first().is_some_and(|place| place.len == name.len()) {
        return vec!["government".to_owned()];
    }
    let first = || name.split_once('、').and_then(|(first, _)| registry.resolve(first));
    // 公安部门 is 公安局, not the departments of a county called 公安.
    let bureau = name.strip_suffix("部门").and_then(|stem| registry.resolve(&format!("{stem}局")));
    let bureau = bureau.filter(|found| found.how == How::Alias);
    let found = bureau.or_else(|| registry.resolve(name)).or_else(first);
    found.map(|found| found.functions.into_iter().map(ToOwned::to_owned).collect()).unwrap_or_default()
}

/// Gives each statement's bodies their role.
fn assign(text: &str, statements: &[Statement], rules: &Rules, lexicon: &Lexicon) -> Vec<BodyFact> {
    let registry = lexicon.departments();
    let bodies = body::restore(text, &statement::items(statements), registry);
    let roles = roles(statements);
    let mut facts: Vec<BodyFact> = Vec::new();
    let mut from: Vec<usize> = Vec::new();
    for body in bodies {
        let printed = text.get(body.printed.clone()).unwrap_or_default();
        let labelled = statements.get(body.statement).is_some_and(|s| s.label.is_some());
        let Some((role, why)) = roles.get(body.statement).copied() else { continue };
        // Without a label only what reads like a name is one; what the registry has never heard of is kept.
        if !labelled && kind::sure(&body.name, registry) == Sure::No && kind::sure(printed, registry) == Sure::No {
            continue;
        }
        let implied = statements.get(body.statement).is_some_and(|s| s.kind == Kind::Implied);
        if facts.iter().any(|fact| fact.name == body.name && (implied || fact.role == role)) {
            continue;
        }
        let mut rules = vec![why];
        rules.extend(body.why);
        if implied {
            rules.push("group.implied");
        }
        from.push(body.statement);
        facts.push(BodyFact {
            functions: functions(&body.name, lexicon),
            name: body.name,
            printed: body.printed,
            role,
            why: rules,
        });
    }
    lead_first(statements, rules, &mut facts, &from);
    facts
}

/// The role of each statement's bodies, with the rule that gives it.
fn roles(statements: &[Statement]) -> Vec<(Role, Rule)> {
    let mut roles: Vec<(Role, Rule)> = vec![(Role::Responsible, "group.unlabelled"); statements.len()];
    let mut open: Vec<usize> = Vec::new();
    for (index, statement) in statements.iter().enumerate() {
        let Some(label) = statement.label else {
            if matches!(statement.kind, Kind::Bodies | Kind::Implied) {
                // A verb closes over all since the verb before it; a rule's sentence begins anew.
                if statement.kind == Kind::Implied {
                    open.clear();
                }
                open.push(index);
                if let Some(verb) = statement.verb {
                    for closed in open.drain(..) {
                        if let Some(slot) = roles.get_mut(closed) {
                            *slot = (verb.unwrap_or(Role::Responsible), "group.verb");
                        }
                    }
                }
            }
            continue;
        };
        // Behind a labelled list 按职责分工负责 is a note; any other verb, and that of a later statement, is its bodies' own.
        let own = statement.verb.flatten().filter(|verb| !(statement.first && *verb == Role::Responsible));
        if let Some(slot) = roles.get_mut(index) {
            *slot = own.map_or((label, "group.labelled"), |verb| (verb, "group.verb-in-label"));
        }
    }
    roles
}

/// 列在第一位的部门为牵头部门: the first body of a group without labels, or with 责任单位 alone, where no 牵头 is written.
fn lead_first(statements: &[Statement], rules: &Rules, facts: &mut [BodyFact], from: &[usize]) {
    let labels_allow = statements.iter().all(|s| matches!(s.label, None | Some(Role::Responsible)));
    if !labels_allow || facts.iter().any(|fact| fact.role == Role::Lead) {
        return;
    }
    let mut sentence = None;
    for (fact, statement) in facts.iter_mut().zip(from) {
        let own = statements.get(*statement).map(|s| s.sentence);
        let first = if rules.first_of_each_leads { sentence != own } else { sentence.is_none() };
        sentence = own;
        if first && fact.role == Role::Responsible && (rules.first_leads || rules.first_of_each_leads) {
            fact.role = Role::Lead;
            fact.why.push("group.first-leads");
        }
    }
}
