//! From a body's name to its functions.
//!
//! The order, each step only where those before it find nothing: the name as it stands, level words and places in
//! front taken off one by one; forms with a place inside; X主管部门; a merged bureau; an internal office; the same
//! without brackets; a place alone; a known ending.

use super::{Departments, How, Resolved};
use crate::lexicon::names::plain;
use crate::text::work::{self, Stage};

/// Words that say whose body it is, and say nothing of what it does. Longer ones first.
const LEVELS: [&str; 45] = [
    "地级及以上市",
    "地级以上市",
    "计划单列市",
    "县级以上",
    "中华全国",
    "设区的市",
    "人民政府",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "直辖市",
    "设区市",
    "地级市",
    "县级市",
    "所在地",
    "国务院",
    "省级",
    "市级",
    "区级",
    "县级",
    "州级",
    "各级",
    "省直",
    "市直",
    "省属",
    "市属",
    "有关",
    "相关",
    "全国",
    "国家",
    "中国",
    "中央",
    "中共",
    "政府",
    "当地",
    "各",
    "省",
    "市",
    "区",
    "县",
    "州",
    "盟",
    "旗",
    "原",
];

/// What the words of [`LEVELS`] begin with: most names begin otherwise.
const LEVEL_STARTS: [char; 24] = [
    '地', '计', '县', '中', '设', '人', '自', '直', '所', '国', '省', '市', '区', '州', '各', '有', '相', '全', '政',
    '当', '盟', '旗', '原', '级',
];

/// What stands between kinds of places said in one breath (各市(州)、县).
const JOINTS: [&str; 8] = ["以及", "、", ",", "(", ")", "和", "及", "与"];

/// Functions that a list of kinds of places can end in: 各市、县人民政府 is one body, 各市、省财政厅 is two.
const COLLECTIVE: [&str; 7] =
    ["government", "localities", "party-committee", "zone-committee", "subdistrict", "township", "government-office"];

/// Endings of a common noun for whichever body has a function, longer ones first.
const GENERIC: [&str; 9] =
    ["行政主管部门", "监督管理部门", "行政管理部门", "主管部门", "管理部门", "行政部门", "部门", "机关", "系统"];

/// Endings of names proper, tried in place of a generic one.
const PROPER: [&str; 10] = ["局", "委", "厅", "部", "委员会", "管理局", "监督管理局", "办", "办公室", "总局"];

/// Endings that a merged bureau's halves share.
const SHARED: [&str; 5] = ["委员会", "局", "委", "厅", "部"];

/// What tells a body's own ending inside a longer string.
const ENDINGS: [char; 6] = ['局', '委', '厅', '办', '、', ','];

/// Longest stretch, in characters, that `*` in a pattern may stand for.
const LONGEST_PLACE: usize = 16;

impl Departments {
    /// The functions of the body called `name`, as written (brackets and signs of any width).
    pub fn resolve(&self, name: &str) -> Option<Resolved<'_>> {
        work::count(Stage::Lexicon, name.len());
        let name = plain(name);
        let (functions, how) = self.memo.get(
            &name,
            || self.indexes(&name),
            |indexes, how| -> (Vec<&str>, How) {
                (indexes.iter().filter_map(|i| Some(&*self.functions.get(*i)?.id)).collect(), how)
            },
        )?;
        (!functions.is_empty()).then_some(Resolved { functions, how })
    }

    /// True where `name` resolves by more than its ending, and is more than a place.
    pub fn known(&self, name: &str) -> bool {
        self.how(name).is_some_and(|how| !matches!(how, How::Place | How::Suffix))
    }

    /// How [`resolve`](Self::resolve) finds `name`, for who does not ask for its functions.
    pub fn how(&self, name: &str) -> Option<How> {
        work::count(Stage::Lexicon, name.len());
        let name = plain(name);
        self.memo.get(&name, || self.indexes(&name), |_, how| how)
    }

    /// Bytes of the longest start of `text` that is the name of a body, by table or pattern.
    pub fn longest_known_prefix(&self, text: &str) -> Option<usize> {
        work::count(Stage::Lexicon, text.len().min(LONGEST_NAME * 3));
        let ends: Vec<usize> = text
            .char_indices()
            .take(LONGEST_NAME)
            .filter(|(_, c)| self.finals.contains(c))
            .map(|(at, c)| at + c.len_utf8())
            .collect();
        ends.into_iter().rev().find(|end| {
            text.get(..*end).is_some_and(|name| {
                let name = plain(name);
                self.stripped(&name).or_else(|| self.pattern(&name)).is_some()
            })
        })
    }

    /// True where the 和, 与 or 及 (`joint`) between `left` and `right` belongs to one name (人力资源和社会保障局)
    /// and does not part two.
    pub fn and_inside_name(&self, left: &str, joint: &str, right: &str) -> bool {
        let (left, right) = (plain(left), plain(right));
        let whole = format!("{left}{joint}{right}");
        if let Some((_, how)) = self.whole(&whole)
            && how != How::Division
        {
            return true;
        }
        // 科技和大数据应用局: a left side that no body's name ends in cannot be a body of its own.
        self.whole(&left).is_none()
            && !left.ends_with(ENDINGS)
            && self.ends_like_a_body(&right)
            && !self.ends_like_a_body(&left)
    }

    fn ends_like_a_body(&self, name: &str) -> bool {
        name.chars().next_back().is_some_and(|c| self.finals.contains(&c))
    }

    fn indexes(&self, name: &str) -> Option<(Vec<usize>, How)> {
        self.whole(name).or_else(|| self.bracketless(name)).or_else(|| self.place(name)).or_else(|| self.suffix(name))
    }

    fn whole(&self, name: &str) -> Option<(Vec<usize>, How)> {
        self.places_listed(name)
            .or_else(|| self.stripped(name))
            .or_else(|| self.pattern(name))
            .or_else(|| self.generic(name))
            .or_else(|| self.merged(name))
            .or_else(|| self.division(name))
    }

    /// The table, after taking off what says whose body it is: longest place or level word first, a name in the
    /// table always before that (市场监管局 is not 市 + 场监管局), each position once.
    fn stripped(&self, name: &str) -> Option<(Vec<usize>, How)> {
        let mut seen = vec![false; name.len() + 1];
        let mut stack = vec![Step { at: 0, listed: false, joint: false }];
        while let Some(step) = stack.pop() {
            let Some(rest) = name.get(step.at..) else { continue };
            if rest.is_empty() || seen.get(step.at).copied().unwrap_or(true) {
                continue;
            }
            if let Some(slot) = seen.get_mut(step.at) {
                *slot = true;
            }
            if let Some(functions) = self.names.get(rest)
                // 委 is a party committee behind 市 or 江门市, but no name alone.
                && (step.at > 0 || rest.chars().nth(1).is_some())
                && (!step.listed || self.collective(functions))
            {
                return Some((functions.clone(), if step.at == 0 { How::Alias } else { How::Stripped }));
            }
            let mut lengths: Vec<usize> = if rest.starts_with(LEVEL_STARTS) {
                LEVELS.iter().filter(|word| rest.starts_with(**word)).map(|word| word.len()).collect()
            } else {
                Vec::new()
            };
            if !step.joint {
                lengths.extend(self.places.at_start(rest));
            }
            lengths.sort_unstable();
            stack.extend(lengths.into_iter().map(|len| Step { at: step.at + len, listed: step.listed, joint: false }));
            if step.at > 0
                && let Some(joint) = JOINTS.iter().find(|joint| rest.starts_with(**joint))
            {
                let bracket = matches!(*joint, "(" | ")");
                let listed = step.listed || !bracket;
                stack.push(Step { at: step.at + joint.len(), listed, joint: !bracket });
            }
        }
        None
    }

    fn collective(&self, functions: &[usize]) -> bool {
        let first = functions.first().and_then(|i| self.functions.get(*i));
        first.is_some_and(|function| COLLECTIVE.contains(&&*function.id))
    }

    fn pattern(&self, name: &str) -> Option<(Vec<usize>, How)> {
        let fits = |p: &&super::Pattern| {
            let inside = name.strip_prefix(&*p.head).and_then(|rest| rest.strip_suffix(&*p.tail));
            inside.is_some_and(|place| {
                !place.is_empty() && place.chars().count() <= LONGEST_PLACE && !place.contains(ENDINGS)
            })
        };
        let ends = [name.chars().next_back(), None];
        let found = ends.iter().filter_map(|end| self.patterns.get(end)?.iter().find(fits));
        // The first of the most literal, whichever list it comes from.
        let best = found.reduce(|best, p| if p.literal() > best.literal() { p } else { best })?;
        Some((vec![best.function], How::Pattern))
    }

    fn generic(&self, name: &str) -> Option<(Vec<usize>, How)> {
        for ending in GENERIC {
            let Some(stem) = name.strip_suffix(ending) else { continue };
            if stem.chars().nth(1).is_none() || only_kinds_of_places(stem) {
                continue;
            }
            let proper = PROPER.iter().find_map(|tail| self.stripped(&format!("{stem}{tail}")));
            if let Some((functions, _)) = proper {
                return Some((functions, How::Generic));
            }
        }
        // 省政府有关部门, 县河长制工作领导小组有关成员单位: whoever they are, they are many.
        let owner =
            ["各有关部门", "有关部门", "各相关部门", "相关部门", "各部门", "有关单位", "相关单位", "各有关单位"]
                .iter()
                .find_map(|tail| name.strip_suffix(tail));
        if owner.is_some_and(|owner| self.stripped(owner).is_some()) {
            return Some((vec![*self.ids.get("relevant-departments")?], How::Generic));
        }
        None
    }

    /// 各市、州, 有关省(区、市): places said collectively, where the table does not have them.
    fn places_listed(&self, name: &str) -> Option<(Vec<usize>, How)> {
        let listed = ["各", "有关", "相关"].iter().any(|word| name.starts_with(word));
        let here = listed && !self.names.contains_key(name) && only_kinds_of_places(name);
        here.then_some((vec![*self.ids.get("localities")?], How::Generic))
    }

    /// X和Y局, XY局: a bureau of two functions, where X局 and Y局 are both in the table.
    fn merged(&self, name: &str) -> Option<(Vec<usize>, How)> {
        let tail = SHARED.iter().find(|tail| name.ends_with(**tail))?;
        let stem = name.strip_suffix(*tail)?;
        if stem.contains(ENDINGS) {
            return None;
        }
        let half = |half: &str, first: bool| -> Option<Vec<usize>> {
            half.chars().nth(1)?;
            let full = format!("{half}{tail}");
            if first { self.stripped(&full).map(|(f, _)| f) } else { self.names.get(&*full).cloned() }
        };
        stem.char_indices().rev().find_map(|(at, c)| {
            let (left, right) = stem.split_at_checked(at)?;
            let right = if matches!(c, '和' | '与' | '及') { right.strip_prefix(c)? } else { right };
            let mut functions = half(left, true)?;
            for function in half(right, false)? {
                if !functions.contains(&function) {
                    functions.push(function);
                }
            }
            Some((functions, How::Merged))
        })
    }

    /// 人事处, 法规司; behind a body's name (市教育局人事科) that body's functions follow.
    fn division(&self, name: &str) -> Option<(Vec<usize>, How)> {
        let stem = ["处室", "科室", "处", "司", "科"].iter().find_map(|tail| name.strip_suffix(tail))?;
        let other = ["办事处", "公司", "学科", "专科", "本科"].iter().any(|word| name.ends_with(word));
        if other || stem.chars().nth(1).is_none() || stem.chars().count() > LONGEST_NAME {
            return None;
        }
        let mut functions = vec![*self.ids.get("internal-division")?];
        if stem.contains(ENDINGS) {
            let owner = self.longest_known_prefix(stem)?;
            let (owner, office) = stem.split_at_checked(owner)?;
            if office.contains(ENDINGS) || LEVELS.iter().any(|word| office.starts_with(word)) {
                return None;
            }
            functions.extend(self.stripped(owner).or_else(|| self.pattern(owner))?.0);
        }
        Some((functions, How::Division))
    }

    /// 市发展改革委(粮食局): the name without its bracket, then what a bracketed name adds.
    fn bracketless(&self, name: &str) -> Option<(Vec<usize>, How)> {
        let (outside, inside) = split_brackets(name)?;
        let (mut functions, _) = self.whole(&outside)?;
        for bracket in inside {
            let added = self.stripped(&bracket).map(|(f, _)| f).unwrap_or_default();
            functions.extend(added.into_iter().filter(|f| !self.collective(&[*f])));
        }
        let mut seen = Vec::new();
        functions.retain(|f| {
            !seen.contains(f) && {
                seen.push(*f);
                true
            }
        });
        Some((functions, How::Bracketless))
    }

    fn place(&self, name: &str) -> Option<(Vec<usize>, How)> {
        self.places.has(name).then_some((vec![*self.ids.get("government")?], How::Place))
    }

    fn suffix(&self, name: &str) -> Option<(Vec<usize>, How)> {
        let by_ending = |name: &str| {
            let mut starts = name.char_indices().skip(1).map(|(at, _)| at);
            starts.find_map(|at| self.suffixes.get(name.get(at..)?).copied())
        };
        let bare = split_brackets(name).map(|(outside, _)| outside);
        let function = by_ending(name).or_else(|| by_ending(&bare?))?;
        Some((vec![function], How::Suffix))
    }
}

/// Longest name, in characters, that is looked for at the start of a text.
const LONGEST_NAME: usize = 40;

/// A way into a name: what stands before `at` is taken off.
#[derive(Debug, Clone, Copy)]
struct Step {
    at: usize,
    /// Kinds of places were listed on the way (各市、县).
    listed: bool,
    /// The last thing taken off joins two of them.
    joint: bool,
}

/// True where a name consists of kinds of places only (各市、州及直管县).
fn only_kinds_of_places(name: &str) -> bool {
    let mut rest = name;
    while !rest.is_empty() {
        let mut words = LEVELS.iter().chain(&JOINTS).filter(|word| !word.ends_with("政府"));
        let Some(shorter) = words.find_map(|word| rest.strip_prefix(*word)) else { return false };
        rest = shorter;
    }
    true
}

/// What stands outside the brackets of `name`, and what inside each; none without brackets.
fn split_brackets(name: &str) -> Option<(String, Vec<String>)> {
    let mut outside = String::new();
    let mut inside: Vec<String> = Vec::new();
    let mut depth = 0_u32;
    for c in name.chars() {
        match c {
            '(' => {
                depth += 1;
                if depth == 1 {
                    inside.push(String::new());
                }
            }
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => outside.push(c),
            c => inside.last_mut().into_iter().for_each(|bracket| bracket.push(c)),
        }
    }
    (!inside.is_empty() && !outside.is_empty()).then_some((outside, inside))
}

#[cfg(test)]
mod tests {
    use super::{LEVEL_STARTS, LEVELS};

    #[test]
    fn every_level_word_is_looked_for() {
        for word in LEVELS {
            assert!(word.starts_with(LEVEL_STARTS), "{word}");
        }
    }
}
