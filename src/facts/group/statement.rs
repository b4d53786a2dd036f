//! Statements: what stands between two signs (, ; 。) of a group, read as bodies, as a rule or as a note.
//!
//! In: the range of a group's content. Out: [`Statement`]s in order, each with its names and the role that its label or
//! verb gives. Knows no registry but to tell names from notes.

use super::label::{self, Label, Says};
use super::note;
use crate::facts::Role;
use crate::facts::body::bracket;
use crate::facts::body::kind::{self, Sure};
use crate::facts::body::{self, Item};
use crate::lexicon::Departments;
use crate::text::work::{self, Stage};
use std::ops::Range;

/// One statement that names bodies, or a rule, or a time limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Where it stands, label left out.
    pub range: Range<usize>,
    /// Its names.
    pub names: Vec<Range<usize>>,
    /// The role of the label that holds.
    pub label: Option<Role>,
    /// True for the first statement behind a label.
    pub first: bool,
    /// The closing verb: its role, or none for a mere 按职责分工.
    pub verb: Option<Option<Role>>,
    /// True where 等 leaves it open.
    pub open: bool,
    /// True where it ends in 等部门, so that stems are departments.
    pub of_departments: bool,
    /// What else it does.
    pub kind: Kind,
    /// Sentence (。 or ;) that it stands in, counted from 0.
    pub sentence: usize,
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Names bodies of this group.
    Bodies,
    /// 以下均需…负责: names bodies of all later groups too.
    Implied,
    /// …, 以下各条均涉及: so do the bodies in front.
    ImpliedBefore,
    /// 不再列出: ends a sentence that names bodies for all later groups.
    NotListedAgain,
    /// 列在第一位的部门为牵头部门.
    FirstLeads,
    /// The same for each of several lists.
    FirstOfEachLeads,
    /// 完成时限:….
    Time,
    /// Anything else.
    Note,
}

/// Reads the content of a group.
pub fn read(text: &str, range: Range<usize>, registry: &Departments) -> Vec<Statement> {
    work::count(Stage::Group, range.len());
    let content = text.get(range.clone()).unwrap_or_default();
    let mut labels: Vec<_> =
        label::labels(content).into_iter().filter(|label| at_depth(content, label.range.start)).collect();
    labels.extend(strange_labels(content, &labels));
    labels.sort_by_key(|label| label.range.start);
    let mut statements = Vec::new();
    let mut sentence = 0;
    let mut begin = range.start;
    let mut says: Option<Says> = None;
    let mut sections = Vec::new();
    for label in &labels {
        sections.push((begin..range.start + label.range.start, says));
        // A label's own bracket may state a rule: 责任单位(排第一位的为牵头单位):
        let words = label.range.start + range.start..label.range.end + range.start;
        if let Some(kind) = note::first_leads(text.get(words.clone()).unwrap_or_default()) {
            statements.push(nameless(words.clone(), kind, sentence));
        }
        begin = words.end;
        says = Some(label.says);
    }
    sections.push((begin..range.end, says));
    for (section, says) in sections {
        match says {
            Some(Says::Other) => {}
            Some(Says::Time) => {
                let words = section.start + leading(text, &section)..section.end - trailing(text, &section);
                let end = bracket::split(text, words.clone(), |c| matches!(c, ';' | '。')).first().map(|(r, _)| r.end);
                statements.push(nameless(words.start..end.unwrap_or(words.end), Kind::Time, sentence));
                // What stands behind the time belongs to no label: 下同, 不再列出.
                if let Some(end) = end.filter(|end| *end < words.end) {
                    read_section(text, end..words.end, None, registry, &mut sentence, &mut statements);
                }
            }
            Some(Says::Bodies(role)) => {
                read_section(text, section, Some(role), registry, &mut sentence, &mut statements);
            }
            None => read_section(text, section, None, registry, &mut sentence, &mut statements),
        }
    }
    statements
}

/// Labels that announce no body (工作标准:…), so that what stands behind them is none; 市级: and 重庆市: only tell lists
/// apart.
fn strange_labels(content: &str, known: &[Label]) -> Vec<Label> {
    let mut strange = Vec::new();
    let mut start = 0;
    for (at, c) in content.char_indices() {
        if c == ':' {
            let words = content.get(start..at).unwrap_or_default();
            let length = words.chars().count();
            let is_known = known.iter().any(|label| label.range.start < at + 1 && at < label.range.end);
            let of_level =
                kind::kinds_of_places(words).is_some() || words.ends_with(['省', '市', '区', '县', '级', '直']);
            if !is_known && (2..=10).contains(&length) && !of_level {
                strange.push(Label { range: start..at + 1, says: Says::Other, full: false });
            }
        }
        if matches!(c, ',' | ';' | '。' | ':' | '、' | '(' | ')') {
            start = at + c.len_utf8();
        }
    }
    strange
}

fn read_section(
    text: &str,
    section: Range<usize>,
    label: Option<Role>,
    registry: &Departments,
    sentence: &mut usize,
    statements: &mut Vec<Statement>,
) {
    work::count(Stage::Group, section.len());
    let mut first = true;
    for (piece, sign) in closed_items(text, section, registry) {
        if !piece.is_empty() {
            let mut statement = read_statement(text, piece, label, registry);
            statement.first = first;
            statement.sentence = *sentence;
            first = false;
            statements.push(statement);
        }
        if matches!(sign, Some(';' | '。')) {
            *sentence += 1;
        }
    }
}

/// `section` cut at its signs, and at a 、 behind a verb (甲局牵头、乙局、丙局配合).
fn closed_items(text: &str, section: Range<usize>, registry: &Departments) -> Vec<(Range<usize>, Option<char>)> {
    work::count(Stage::Group, section.len());
    let mut statements: Vec<(Range<usize>, Option<char>)> = Vec::new();
    let mut goes_on = false;
    for (item, sign) in bracket::split(text, section, |c| matches!(c, ',' | ';' | '。' | '!' | '、')) {
        let words = text.get(item.clone()).unwrap_or_default();
        let closed = sign == Some('、')
            && label::closing_verb(words).is_some_and(|verb| {
                verb.start > 0 && verb.role.is_some() && words.len() < 120 && !registry.known(words)
            });
        let mut item = item;
        if let Some(at) = next_subject(words, registry) {
            // 甲局牵头乙局配合: a verb, and at once the next body.
            let cut = item.start + at;
            match statements.last_mut() {
                Some(last) if goes_on => *last = (last.0.start..cut, None),
                _ => statements.push((item.start..cut, None)),
            }
            goes_on = false;
            item = cut..item.end;
        }
        match statements.last_mut() {
            Some(last) if goes_on => *last = (last.0.start..item.end, sign),
            _ => statements.push((item, sign)),
        }
        goes_on = sign == Some('、') && !closed;
    }
    statements
}

/// Where in 甲局牵头乙局配合 the second statement begins: known bodies around the first verb, and a verb at the end.
fn next_subject(words: &str, registry: &Departments) -> Option<usize> {
    work::count(Stage::Group, words.len());
    if words.len() > 160 || label::closing_verb(words).is_none() {
        return None;
    }
    let (at, verb) = ["牵头负责", "牵头", "负责", "主办"]
        .iter()
        .filter_map(|verb| Some((words.find(verb)?, *verb)))
        .min_by_key(|(at, verb)| (*at, std::cmp::Reverse(verb.len())))?;
    let cut = at + verb.len();
    let (before, rest) = (words.get(..at)?, words.get(cut..)?);
    let verb = label::closing_verb(rest).filter(|verb| verb.start > 0 && verb.role.is_some())?;
    let known = |name: &str| !name.is_empty() && kind::sure(name, registry) == Sure::Known;
    let next = rest.get(..verb.start)?;
    (known(before.trim_end_matches('等')) && known(next.trim_end_matches('等'))).then_some(cut)
}

/// A statement without names.
fn nameless(range: Range<usize>, kind: Kind, sentence: usize) -> Statement {
    Statement {
        range,
        names: Vec::new(),
        label: None,
        first: false,
        verb: None,
        open: false,
        of_departments: false,
        kind,
        sentence,
    }
}

fn read_statement(text: &str, range: Range<usize>, label: Option<Role>, registry: &Departments) -> Statement {
    work::count(Stage::Group, range.len());
    let words = text.get(range.clone()).unwrap_or_default();
    let mut statement = nameless(range.clone(), Kind::Note, 0);
    statement.label = label;
    if let Some(kind) = note::first_leads(words) {
        statement.kind = kind;
        return statement;
    }
    let mut start = range.start;
    // 市级:甲局, behind a label: the names of one level.
    if let Some(colon) = words.rfind(':') {
        start += colon + 1;
    }
    if let Some(rest) = note::implied(words) {
        if rest.is_empty() {
            statement.kind = Kind::ImpliedBefore;
            return statement;
        }
        statement.kind = Kind::Implied;
        start = range.end - rest.len();
    } else if note::not_listed_again(words) {
        statement.kind = Kind::NotListedAgain;
        return statement;
    } else if note::is_time(words) {
        statement.kind = Kind::Time;
        return statement;
    } else if note::is_note(words) {
        return statement;
    } else {
        statement.kind = Kind::Bodies;
    }
    names(text, start..range.end, registry, &mut statement);
    if statement.names.is_empty() && statement.verb.is_none() {
        statement.kind = Kind::Note;
    }
    statement
}

/// Finds the names in `range`, the closing verb and 等 taken off.
fn names(text: &str, range: Range<usize>, registry: &Departments, statement: &mut Statement) {
    work::count(Stage::Group, range.len());
    let get = |range: Range<usize>| text.get(range).unwrap_or_default();
    let mut start = range.start;
    // 以上由甲局牵头: what is meant says where the group stands.
    start += above(get(range.clone()));
    // A word in front that joins or introduces, unless a name begins with it (商务部, 和平区教育局).
    let prefixes = ["并由", "分别由", "主要由", "其中", "由", "会同", "商", "请", "以及", "和", "及", "与", "并"];
    while let Some(prefix) = prefixes.iter().find(|prefix| get(start..range.end).starts_with(**prefix))
        && (prefix.ends_with('由') || *prefix == "会同" || !kind::begins_with_a_name(get(start..range.end), registry))
    {
        start += prefix.len();
    }
    // 牵头单位为甲局: a label that is said as a sentence.
    if let Some(at) = ["为", "是"].iter().find_map(|word| get(start..range.end).find(word))
        && let Some((Says::Bodies(role), true)) = label::says(get(start..start + at))
    {
        statement.label = Some(role);
        start += at + "为".len();
    }
    let mut end = range.end;
    let whole = get(start..end);
    let is_name = |words: &str| {
        let last = words.rsplit(['、', '和', '与', '及', '等']).next().unwrap_or_default();
        last.len() < 120 && kind::ends_like_a_body(last) && registry.known(last)
    };
    if let Some(verb) = label::closing_verb_behind(whole, is_name).filter(|_| !is_name(whole))
        && !ends_in_a_name(whole, verb.start, registry)
    {
        end = start + verb.start;
        statement.verb = Some(verb.role);
    } else if let Some((at, role)) = inner_verb(whole, registry) {
        end = start + at;
        statement.verb = Some(Some(role));
    }
    // 甲局等, 甲局等部门, 甲局等5个部门, 甲局等和各区政府, 甲局等有关部门.
    for (piece, _) in bracket::split(text, start..end, |c| c == '、') {
        let words = get(piece.clone());
        let mut from = 0;
        let mut begin = piece.start;
        while let Some(at) = words.get(from..).and_then(|rest| rest.find('等')).map(|at| at + from) {
            from = at + '等'.len_utf8();
            // 高等学校, 天等县.
            if inside_a_word(words, at) || at < kind::place_length(words, registry) {
                continue;
            }
            statement.open = true;
            let left = begin..piece.start + at;
            statement.names.extend(body::split(text, left, registry));
            let rest = words.get(from..).unwrap_or_default();
            let rest =
                rest.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十个家多几".contains(c));
            let rest = rest.strip_prefix('和').or_else(|| rest.strip_prefix('与')).unwrap_or(rest);
            let counted = ["部门", "单位", "部门和单位", "部门单位", "市级部门", "机构", "方面", "地方", "地区"];
            if counted.contains(&rest) {
                statement.of_departments |= rest.starts_with("部门");
                begin = piece.end;
                break;
            }
            begin = piece.end - rest.len();
        }
        statement.names.extend(body::split(text, begin..piece.end, registry));
    }
    statement.names.retain(|name| {
        let words = get(name.clone());
        !words.is_empty()
            && !note::is_note(words)
            && !words.chars().all(|c| c.is_ascii_punctuation())
            && (statement.label.is_none() || kind::may_be_labelled(words, registry))
    });
    if statement.names.iter().any(|name| get(name.clone()).ends_with("部门")) {
        statement.of_departments |= statement.open && statement.names.len() > 1;
    }
}

/// Bytes of 以上由, 上述任务均由.
fn above(words: &str) -> usize {
    let Some(rest) = ["以上", "上述"].iter().find_map(|word| words.strip_prefix(word)) else { return 0 };
    let mut rest = rest;
    while let Some(next) = ["各项", "任务", "工作", "事项", "措施", "内容", "条款", "均", "都", "分别"]
        .iter()
        .find_map(|w| rest.strip_prefix(w))
    {
        rest = next;
    }
    rest.strip_prefix('由').map_or(0, |rest| words.len() - rest.len())
}

/// True where the 等 at `at` is part of a word (高等学校, 平等).
fn inside_a_word(words: &str, at: usize) -> bool {
    let before = words.get(..at).unwrap_or_default();
    let after = words.get(at + '等'.len_utf8()..).unwrap_or_default();
    before.is_empty()
        || before.ends_with(['高', '中', '初', '平', '同', '均', '优', '上', '对'])
            && !before.ends_with("党中")
            && !after.is_empty()
        || after.starts_with(['级', '保'])
}

/// True where the closing words are the end of a name (市招商引资推进): never where what stands before them is none.
fn ends_in_a_name(statement: &str, verb: usize, registry: &Departments) -> bool {
    verb > 0 && statement.len() < 120 && registry.how(statement) == Some(crate::lexicon::How::Alias)
}

/// The first verb with an object behind (甲局负责校内, 乙局负责校外), where nothing but bodies stands before it.
fn inner_verb(statement: &str, registry: &Departments) -> Option<(usize, Role)> {
    work::count(Stage::Group, statement.len());
    if statement.len() > 600 || kind::sure(statement, registry) == Sure::Known {
        return None;
    }
    ["牵头", "负责", "配合", "参与", "落实", "指导", "协助"]
        .iter()
        // 市财政局负责人: a person, not a verb.
        .filter_map(|verb| {
            let at = statement.find(verb)?;
            let after = statement.get(at + verb.len()..)?;
            (!after.starts_with(['人', '的', '同'])).then_some((at, label::role(verb)?))
        })
        .min_by_key(|(at, _)| *at)
        .filter(|(at, _)| {
            let before = statement.get(..*at).unwrap_or_default();
            let adverb = label::closing_verb(before).map_or(before.len(), |verb| verb.start);
            let before = before.get(..adverb).unwrap_or_default().trim_end_matches('等');
            let names = body::split(before, 0..before.len(), registry);
            !names.is_empty()
                && names
                    .iter()
                    .all(|name| kind::sure(before.get(name.clone()).unwrap_or_default(), registry) == Sure::Known)
        })
}

fn leading(text: &str, range: &Range<usize>) -> usize {
    let words = text.get(range.clone()).unwrap_or_default();
    words.len() - words.trim_start_matches([',', ';', '、']).len()
}

fn trailing(text: &str, range: &Range<usize>) -> usize {
    let words = text.get(range.clone()).unwrap_or_default();
    words.len() - words.trim_end_matches([',', ';', '。', '、']).len()
}

fn at_depth(content: &str, at: usize) -> bool {
    work::count(Stage::Group, at);
    let before = content.get(..at).unwrap_or_default();
    let depth =
        before.chars().filter_map(bracket::kind).fold(0_i32, |depth, (_, opens)| depth + if opens { 1 } else { -1 });
    depth <= 0
}

/// The names of all statements as items for [`body::restore`].
pub fn items(statements: &[Statement]) -> Vec<Item> {
    statements
        .iter()
        .enumerate()
        .flat_map(|(index, s)| {
            s.names.iter().map(move |range| Item {
                range: range.clone(),
                statement: index,
                of_departments: s.of_departments,
            })
        })
        .collect()
}
