//! Wording: what two phrases have in common, and which phrases say the same thing.
//!
//! In: wordings as documents print them. Out: their plain form (signs unified, no blanks, without what every office
//! writes in front: 全市, 力争实现 …), likeness between 0 and 1, and groups.
//! Guarantee: groups depend on the set of wordings alone, not on their order; no pair is compared that shares no rare
//! pair of characters, so the work grows with the number of different wordings.

use crate::lexicon::Lexicon;
use crate::text::{is_blank, tidy};
use std::collections::{BTreeMap, HashMap};

/// Words that say for which area a number holds, not what is measured.
const SCOPE: [&str; 24] = [
    "全国",
    "全省",
    "全自治区",
    "全市",
    "全州",
    "全盟",
    "全区",
    "全县",
    "全旗",
    "全域",
    "全镇",
    "全乡",
    "全街道",
    "全系统",
    "我国",
    "我省",
    "我市",
    "我区",
    "我县",
    "各地",
    "本市",
    "本区",
    "本县",
    "本省",
];

/// Words that open a statement without naming what is measured.
const OPENING: [&str; 44] = [
    "力争",
    "争取",
    "努力",
    "确保",
    "保持",
    "基本",
    "全面",
    "加快",
    "逐步",
    "持续",
    "进一步",
    "大力",
    "积极",
    "切实",
    "稳步",
    "实现",
    "达到",
    "完成",
    "推动",
    "推进",
    "促进",
    "开展",
    "实施",
    "落实",
    "加强",
    "提升",
    "提高",
    "扩大",
    "建成",
    "建设",
    "新建",
    "新增",
    "建立",
    "打造",
    "培育",
    "组织",
    "鼓励",
    "支持",
    "引导",
    "使",
    "将",
    "把",
    "在",
    "对",
];

/// Words as rules read them, without blanks.
pub(super) fn tidied(words: &str) -> String {
    words.chars().filter(|c| !is_blank(*c)).map(tidy).collect()
}

/// The rest of `text` behind the words of `list` that open it, one after another; never empty.
fn without_opening<'a>(text: &'a str, list: &[&str]) -> &'a str {
    let mut rest = text;
    while let Some(shorter) = list.iter().filter_map(|word| rest.strip_prefix(word)).find(|rest| !rest.is_empty()) {
        rest = shorter;
    }
    rest
}

/// Without the name of a place, or a word for one, at the head.
pub(super) fn without_area(text: &str) -> &str {
    let rest = without_opening(text, &SCOPE);
    let named = Lexicon::embedded().places().find_prefix(rest, None).iter().map(|prefix| prefix.len).max();
    // A short name may be the head of another word; only what is left counts, and something must be.
    let named = named.and_then(|len| rest.get(len..)).filter(|rest| rest.chars().count() > 1);
    without_opening(named.unwrap_or(rest), &SCOPE)
}

/// What a phrase names: tidied, without area, opening verbs, 的, quotation marks and brackets.
pub(super) fn named(words: &str) -> String {
    let tidy = tidied(words);
    let bare = without_opening(without_area(without_opening(&tidy, &OPENING)), &OPENING);
    let kept: String = bare
        .chars()
        .filter(|c| !matches!(c, '的' | '“' | '”' | '"' | '(' | ')' | '、' | ',' | '/' | '《' | '》'))
        .collect();
    let kept = kept.to_uppercase();
    if kept.is_empty() { tidy } else { kept }
}

/// The different pairs of neighbouring characters of a text, sorted; of a single character itself.
pub(super) fn pairs(text: &str) -> Vec<u64> {
    let chars: Vec<u64> = text.chars().map(u64::from).collect();
    let mut pairs: Vec<u64> = match chars.as_slice() {
        [one] => vec![*one],
        many => many.windows(2).filter_map(|pair| Some(pair.first()? << 32 | pair.last()?)).collect(),
    };
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// How many values two sorted lists share.
fn shared(a: &[u64], b: &[u64]) -> usize {
    let (mut a, mut b, mut count) = (a.iter().peekable(), b.iter().peekable(), 0);
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                count += 1;
                a.next();
                b.next();
            }
        }
    }
    count
}

/// Likeness of two lists of pairs (Dice): 1 where they are the same, 0 where nothing is shared.
pub(super) fn likeness(a: &[u64], b: &[u64]) -> f64 {
    if a.is_empty() && b.is_empty() { 1.0 } else { 2.0 * shared(a, b) as f64 / (a.len() + b.len()) as f64 }
}

/// The ranks that a wording names (二级, 三级, 一档, 2期): where they differ, so does what is named.
pub(super) fn ranks(words: &str) -> Vec<char> {
    let mut ranks: Vec<char> = words
        .chars()
        .zip(words.chars().skip(1))
        .filter(|(rank, of)| {
            (rank.is_ascii_digit() || "一二三四五六七八九十".contains(*rank)) && "级档类期批甲乙".contains(*of)
        })
        .map(|(rank, _)| rank)
        .collect();
    ranks.sort_unstable();
    ranks.dedup();
    ranks
}

/// How much two wordings of one thing must share.
const ALIKE: f64 = 0.6;
/// A pair of characters that so many groups have says nothing of any one.
const COMMON: usize = 400;

/// For each wording the number of its group; groups are numbered by how often their wordings occur, and `labels` gives
/// the most frequent wording of each as printed.
#[derive(Debug, Default)]
pub(super) struct Groups {
    pub of: Vec<usize>,
    pub labels: Vec<String>,
}

/// Groups wordings by what they name: the most frequent name leads a group, a rarer one joins the leader that it is most
/// like, if it is like any.
pub(super) fn groups(wordings: &[&str]) -> Groups {
    let mut by_name: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut names: HashMap<&str, String> = HashMap::new();
    for wording in wordings {
        let name = names.entry(wording).or_insert_with(|| named(wording));
        *by_name.entry(name.clone()).or_default().entry(wording).or_default() += 1;
    }
    let mut order: Vec<(&String, usize)> = by_name.iter().map(|(name, all)| (name, all.values().sum())).collect();
    order.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));

    let mut leaders: Vec<(Vec<u64>, Vec<char>)> = Vec::new();
    let mut labels: Vec<String> = Vec::new();
    let mut having: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut group_of: HashMap<&str, usize> = HashMap::new();
    for (name, _) in order {
        let (own, rank) = (pairs(name), ranks(name));
        let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
        for pair in &own {
            for leader in having.get(pair).map(Vec::as_slice).filter(|all| all.len() <= COMMON).unwrap_or_default() {
                *seen.entry(*leader).or_default() += 1;
            }
        }
        let like = |leader: usize| {
            let (pairs, _) = leaders.get(leader).filter(|(_, of)| *of == rank)?;
            Some((leader, likeness(&own, pairs)))
        };
        let best = seen.into_keys().filter_map(like).fold(None, |best: Option<(usize, f64)>, next| match best {
            Some(known) if known.1 >= next.1 => Some(known),
            _ => Some(next),
        });
        let group = match best {
            Some((leader, like)) if like >= ALIKE => leader,
            _ => {
                for pair in &own {
                    having.entry(*pair).or_default().push(leaders.len());
                }
                leaders.push((own, rank));
                let printed = by_name.get(name).and_then(|all| {
                    // The most frequent wording; of those the first.
                    all.iter().rev().max_by_key(|(_, count)| **count).map(|(wording, _)| (*wording).to_owned())
                });
                labels.push(printed.unwrap_or_else(|| name.clone()));
                leaders.len() - 1
            }
        };
        group_of.insert(name, group);
    }
    let group = |wording: &&str| names.get(wording).and_then(|name| group_of.get(name.as_str())).copied();
    Groups { of: wordings.iter().map(|wording| group(wording).unwrap_or_default()).collect(), labels }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_office_writes_in_front_is_left_out() {
        assert_eq!(named("力争实现全市“森林覆盖率”"), "森林覆盖率");
        assert_eq!(named("全省5g基站数"), "5G基站数");
        assert_eq!(named("推进"), "推进", "something is left");
    }

    #[test]
    fn wordings_of_one_thing_are_one_group_in_any_order() {
        let wordings = ["全市森林覆盖率", "森林覆盖率", "农村自来水普及率", "全省森林的覆盖率", "城镇登记失业率"];
        let groups_of = |list: &[&str]| groups(list);
        let found = groups_of(&wordings);
        assert_eq!((found.of[0], found.of[1], found.of[3]), (0, 0, 0));
        assert_ne!(found.of[2], found.of[4]);
        let mut turned = wordings;
        turned.reverse();
        assert_eq!(groups_of(&turned).labels, found.labels);
    }

    #[test]
    fn likeness_is_symmetric_and_bounded() {
        let (a, b) = (pairs("二级医院"), pairs("三级医院"));
        assert!((likeness(&a, &b) - likeness(&b, &a)).abs() < f64::EPSILON);
        assert!((likeness(&a, &a) - 1.0).abs() < f64::EPSILON);
        assert!(likeness(&a, &pairs("养老床位")) < f64::EPSILON);
    }
}
