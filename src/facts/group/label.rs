//! Labels and verbs: the words that give a body its role (牵头单位:, 配合部门:, …牵头, …按职责分工负责).
//!
//! In: tidied text. Out: where a label stands and what it says; where the closing verb of a statement begins.

use crate::facts::Role;
use crate::facts::body::bracket;
use crate::text::Words;
use std::ops::Range;
use std::sync::LazyLock;

/// What a label announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Bodies in a role.
    Bodies(Role),
    /// A time by which the task is due.
    Time,
    /// Persons, measures or anything else that is no body.
    Other,
}

/// A label with its colon or brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The label with its sign.
    pub range: Range<usize>,
    /// What it announces.
    pub says: Says,
    /// True where it names a kind of body (单位, 部门, 处室), so that it is a label wherever it stands.
    pub full: bool,
}

/// Words of a role with the role, the first that a label or verb contains decides.
const ROLES: [(Role, &[&str]); 4] = [
    (Role::Lead, &["牵头", "主办", "主责", "总负责"]),
    (Role::Cooperating, &["配合", "参与", "参加", "协助", "协办", "协同", "协作", "支持", "会办"]),
    (Role::Supervising, &["督办", "督导", "督查", "督促", "监督", "考核", "指导"]),
    (
        Role::Responsible,
        &["负责", "责任", "承办", "实施", "落实", "组织", "执行", "承担", "完成", "推进", "推动", "办理", "主体"],
    ),
];

/// Words that may stand in a label beside its role.
const FILLERS: [&str; 19] = [
    "主要", "共同", "第一", "具体", "直接", "总", "省级", "市级", "州级", "区级", "县级", "市直", "省直", "区直",
    "县直", "和", "及", "与", "、",
];

/// What a label may name behind the role word.
const NOUNS: [&str; 16] = [
    "单位",
    "部门",
    "处室",
    "科室",
    "股室",
    "司局",
    "处(科)室",
    "科(室)",
    "机构",
    "主体",
    "责任方",
    "单位部门",
    "地区",
    "地方",
    "层级",
    "方",
];

/// Labels of those whose task it is, by what they are to it.
const OWNERS: [&str; 10] = [
    "项目业主单位",
    "项目建设单位",
    "项目业主",
    "业主单位",
    "主管单位",
    "主管部门",
    "建设单位",
    "承建单位",
    "包保单位",
    "项目单位",
];

const TIMES: [&str; 20] = [
    "完成时限",
    "完成时间",
    "完成期限",
    "完成日期",
    "完成节点",
    "时间要求",
    "时限要求",
    "时间节点",
    "时间安排",
    "时间进度",
    "进度安排",
    "办理时限",
    "工作时限",
    "整改时限",
    "责任时限",
    "推进时限",
    "实施期限",
    "实施时间",
    "办结时限",
    "时限",
];

const PERSONS: [&str; 8] = ["责任人", "负责人", "联系人", "牵头人", "领导", "负责同志", "责任人员", "分管领导"];

/// Words of which a closing verb is made, the role's own and those around it.
const ADVERBS: [&str; 46] = [
    "按照各自职责分工",
    "按照各自职责",
    "按照职责分工",
    "按照职能分工",
    "按照部门职责",
    "按照职责",
    "按照分工",
    "按各自职责分工",
    "按各自职责",
    "按职责分工",
    "按职能分工",
    "按部门职责",
    "按职责",
    "按职能",
    "按分工",
    "按任务分工",
    "根据职责分工",
    "根据各自职责",
    "根据职责",
    "依职责分工",
    "依职责",
    "依据职责",
    "职责分工",
    "结合职责",
    "分工",
    "分别",
    "共同",
    "联合",
    "具体",
    "各自",
    "统筹",
    "协调",
    "抓好",
    "做好",
    "抓总",
    "抓",
    "主动",
    "积极",
    "全力",
    "密切",
    "予以",
    "认真",
    "组织",
    "实施",
    "推进",
    "推动",
];

/// Words of a role that close a statement.
const VERBS: [&str; 32] = [
    "牵头",
    "主办",
    "主责",
    "为主",
    "负责",
    "落实",
    "实施",
    "组织",
    "承办",
    "执行",
    "承担",
    "完成",
    "办理",
    "推进",
    "推动",
    "配合",
    "参与",
    "参加",
    "协助",
    "协办",
    "协同",
    "协作",
    "支持",
    "会办",
    "督办",
    "督导",
    "督查",
    "督促",
    "监督",
    "考核",
    "指导",
    "总负责",
];

/// A closing verb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verb {
    /// Where it begins.
    pub start: usize,
    /// The role it gives; none where it only says that work is divided (按职责分工).
    pub role: Option<Role>,
}

/// The words of [`ROLES`], in its order.
static SIGNS: LazyLock<Words> = LazyLock::new(|| Words::of(ROLES.iter().flat_map(|(_, signs)| signs.iter())));

/// The role of a word by its number among [`SIGNS`].
fn role_of(number: usize) -> Option<Role> {
    let mut number = number;
    for (role, signs) in &ROLES {
        if number < signs.len() {
            return Some(*role);
        }
        number -= signs.len();
    }
    None
}

/// The role that a word or a chain of words gives.
pub fn role(words: &str) -> Option<Role> {
    let first = SIGNS.occurrences(words).map(|(number, _)| number).min()?;
    role_of(first)
}

/// What the words of a label say, and whether they name a kind of body; none where they are no label.
pub fn says(words: &str) -> Option<(Says, bool)> {
    let start = begin(words)?;
    (start.0 == 0).then_some((start.1, start.2))
}

/// Where the label begins that `before` ends with, what it says, and whether it names a kind of body.
fn begin(before: &str) -> Option<(usize, Says, bool)> {
    static ENDS: LazyLock<[Words; 4]> =
        LazyLock::new(|| [Words::of(TIMES), Words::of(PERSONS), Words::of(OWNERS), Words::of(NOUNS)]);
    let mut words = before;
    // 牵头单位(部门), 责任单位(排第一位的为牵头单位): the bracket belongs to the label.
    while let Some(last) = words.chars().next_back().and_then(bracket::kind).filter(|(_, opens)| !opens) {
        let open = words.rfind(|c| bracket::kind(c) == Some((last.0, true)))?;
        words = words.get(..open)?;
    }
    let [times, persons, owners, nouns] = &*ENDS;
    if let Some((_, time)) = times.closing(words) {
        return Some((words.len() - time, Says::Time, true));
    }
    if let Some((_, person)) = persons.closing(words) {
        let start = chain(words.get(..words.len() - person)?, 0);
        return Some((start, Says::Other, true));
    }
    // 主管单位, 建设单位, 业主单位: whose task it is.
    if let Some((_, owner)) = owners.closing(words) {
        return Some((words.len() - owner, Says::Bodies(Role::Responsible), true));
    }
    let noun = nouns.longest_closing(words);
    let stem = words.get(..words.len() - noun.map_or(0, |(_, len)| len))?;
    let start = chain(stem, 0);
    let role = role(stem.get(start..)?)?;
    Some((start, Says::Bodies(role), noun.is_some()))
}

/// Where the chain of role words and fillers begins that `stem` ends with, not before `floor`.
fn chain(stem: &str, floor: usize) -> usize {
    static WORDS: LazyLock<Words> = LazyLock::new(|| Words::of(FILLERS));
    let mut end = stem.len();
    let mut start = end;
    while let Some(rest) = stem.get(floor..end) {
        if let Some((_, len)) = SIGNS.longest_closing(rest) {
            end -= len;
            start = end;
        } else if let Some((_, len)) = WORDS.closing(rest) {
            end -= len;
            // 和 and 及 join role words; they do not begin a label.
            if !rest.ends_with(['和', '及', '与', '、']) {
                start = end;
            }
        } else {
            break;
        }
    }
    start
}

/// The labels in `text`, with a colon behind (责任单位:) or in brackets of their own (【责任单位】), in order.
pub fn labels(text: &str) -> Vec<Label> {
    let mut found: Vec<Label> = Vec::new();
    for (at, _) in text.match_indices(':') {
        let before = text.get(window(text, at)..at).unwrap_or_default();
        if let Some((start, says, full)) = begin(before) {
            let range = at - (before.len() - start)..at + 1;
            found.push(Label { range, says, full });
        }
    }
    let mut bracketed: Vec<Label> = Vec::new();
    for pair in bracket::pairs(text) {
        if pair.inner.len() > 60 {
            continue;
        }
        let inner = text.get(pair.inner.clone()).unwrap_or_default();
        let is_sign =
            text.get(pair.outer.clone()).is_some_and(|outer| outer.starts_with(['【', '〔', '[', '「', '<', '〈']));
        if let Some((says, true)) = says(inner.trim_end_matches(':'))
            && is_sign
        {
            let colon = usize::from(text.get(pair.outer.end..).is_some_and(|rest| rest.starts_with(':')));
            bracketed.push(Label { range: pair.outer.start..pair.outer.end + colon, says, full: true });
        }
    }
    // The colon of 【责任单位:】 or 【责任单位】: is the bracket's.
    found.retain(|label| {
        let next = bracketed.partition_point(|b| b.range.start < label.range.end);
        next.checked_sub(1).and_then(|i| bracketed.get(i)).is_none_or(|b| label.range.start >= b.range.end)
    });
    found.extend(bracketed);
    found.sort_by_key(|label| label.range.start);
    found
}

/// A label is short: where to begin to look for the one that ends at `at`.
fn window(text: &str, at: usize) -> usize {
    let mut start = at.saturating_sub(90);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    start
}

/// The closing verb of a statement.
pub fn closing_verb(statement: &str) -> Option<Verb> {
    closing_verb_behind(statement, |_| false)
}

/// The closing verb of a statement that a name stands before: 市经协办牵头 is 市经协办 and 牵头, not 协办牵头.
pub fn closing_verb_behind(statement: &str, is_name: impl Fn(&str) -> bool) -> Option<Verb> {
    static WORDS: LazyLock<Words> = LazyLock::new(|| Words::of(VERBS.iter().chain(&ADVERBS)));
    static CLOSING: LazyLock<Words> = LazyLock::new(|| Words::of(VERBS));
    let mut end = statement.len();
    let mut seen = false;
    while let Some(rest) = statement.get(..end) {
        if seen && is_name(rest) {
            break;
        }
        if let Some((_, len)) = WORDS.longest_closing(rest) {
            end -= len;
            seen = true;
        } else if let Some(word) = ["并", "和", "及"].iter().find(|w| seen && rest.ends_with(**w)) {
            // 组织并实施: only between two verbs.
            let before = rest.get(..end - word.len())?;
            if !CLOSING.closes(before) {
                break;
            }
            end -= word.len();
        } else {
            break;
        }
    }
    seen.then(|| Verb { start: end, role: role(statement.get(end..).unwrap_or_default()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_labels_wherever_they_begin() {
        let text = "主要责任单位:甲局,配合部门(单位):乙局;【完成时限】6月责任领导:丙";
        let found: Vec<_> = labels(text).into_iter().map(|l| (&text[l.range], l.says)).collect();
        assert_eq!(
            found,
            [
                ("主要责任单位:", Says::Bodies(Role::Responsible)),
                ("配合部门(单位):", Says::Bodies(Role::Cooperating)),
                ("【完成时限】", Says::Time),
                ("责任领导:", Says::Other),
            ]
        );
    }

    #[test]
    fn closing_verbs_take_their_adverbs_along() {
        for (statement, verb, role) in [
            ("甲局按职责分工负责", "按职责分工负责", Some(Role::Responsible)),
            ("甲局牵头负责", "牵头负责", Some(Role::Lead)),
            ("甲局配合落实", "配合落实", Some(Role::Cooperating)),
            ("甲局按职责分工", "按职责分工", None),
        ] {
            let found = closing_verb(statement).unwrap();
            assert_eq!((&statement[found.start..], found.role), (verb, role));
        }
        assert_eq!(closing_verb("市委组织部"), None);
        assert_eq!(closing_verb("市场监督管理局"), None);
    }
}
