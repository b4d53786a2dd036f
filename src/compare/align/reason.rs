//! Reason: why two clauses were aligned: the words that they share, and what else speaks for it.

use super::key::{self, KeyMap, Kind};
use super::shelf::{Item, Shelf};
use super::space::{Space, Spot};
use super::words::pairs;
use crate::lexicon::Terms;
use crate::text::{is_blank, tidy};
use std::collections::BTreeMap;

/// Words shown, and characters of one.
const WORDS: usize = 4;
const LONGEST: usize = 12;
/// Terms shown.
const TERMS: usize = 2;
/// Share of the headings that makes them evidence.
const HEADING: f32 = 0.3;

/// The reason for which `b` is near `a`, whose words are `text`: shared words, then `heading`, `term:…`, `topic:…`,
/// `function:…`, `citation`, `indicator`, 、-joined.
pub(super) fn reason(space: &Space, terms: &Terms, a: Spot, b: Spot, text: &str) -> String {
    let (Some((on_a, _, of_a)), Some((on_b, _, of_b))) = (space.at(a), space.at(b)) else { return String::new() };
    let theirs: KeyMap<f32> = on_b.keys(of_b).collect();
    let shared: BTreeMap<u32, f32> =
        on_a.keys(of_a).filter_map(|(key, weight)| Some((key, weight * theirs.get(&key)?))).collect();
    let mut parts = words(text, &shared);
    if heading(on_a, of_a, &theirs) >= HEADING && heading(on_b, of_b, &on_a.keys(of_a).collect()) >= HEADING {
        parts.push("heading".to_owned());
    }
    let heaviest = |kind: Kind, count: usize| {
        let mut keys: Vec<(u32, f32)> =
            shared.iter().filter(|(key, _)| key::kind(**key) == kind).map(|(key, weight)| (*key, *weight)).collect();
        keys.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        keys.into_iter().take(count).map(|(key, _)| key)
    };
    parts.extend(heaviest(Kind::Term, TERMS).map(|key| format!("term:{}", terms.name(key::position(key)))));
    parts.extend(heaviest(Kind::Topic, 1).map(|key| format!("topic:{}", space.topic(key::position(key)))));
    parts.extend(heaviest(Kind::Function, 1).map(|key| format!("function:{}", space.function(key::position(key)))));
    parts.extend(heaviest(Kind::Citation, 1).map(|_| "citation".to_owned()));
    parts.extend(heaviest(Kind::Indicator, 1).map(|_| "indicator".to_owned()));
    parts.join("、")
}

/// How much of a heading stands in the other clause.
fn heading(shelf: &Shelf, item: &Item, other: &KeyMap<f32>) -> f32 {
    let head = shelf.keys(item).take(item.head as usize).filter(|(key, _)| other.contains_key(key));
    let shared: f32 = head.map(|(_, weight)| weight).sum();
    if item.head_weight > 0.0 { shared / item.head_weight } else { 0.0 }
}

/// The heaviest stretches of a text whose pairs are all shared.
fn words(text: &str, shared: &BTreeMap<u32, f32>) -> Vec<String> {
    let text: String = text.chars().map(tidy).filter(|c| !is_blank(*c)).collect();
    let mut found: BTreeMap<String, f32> = BTreeMap::new();
    let mut word = String::new();
    let (mut weight, mut next) = (0.0, 0);
    let mut close = |word: &mut String, weight: &mut f32| {
        if !word.is_empty() {
            let known = found.entry(std::mem::take(word)).or_default();
            *known = known.max(*weight);
        }
        *weight = 0.0;
    };
    for (pair, at) in pairs(&text) {
        let Some(product) = shared.get(&pair) else { continue };
        let two: Vec<char> = text.get(at..).unwrap_or_default().chars().take(2).collect();
        let [first, second] = two.as_slice() else { continue };
        // A pair that begins where the last one's second character stands goes on with the word.
        if at != next || word.chars().count() >= LONGEST {
            close(&mut word, &mut weight);
            word.push(*first);
        }
        word.push(*second);
        weight += product;
        next = at + first.len_utf8();
    }
    close(&mut word, &mut weight);
    let mut found: Vec<(String, f32)> = found.into_iter().collect();
    found.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    found.into_iter().take(WORDS).map(|(word, _)| word).collect()
}

#[cfg(test)]
mod tests {
    use super::super::space::tests::space;
    use super::*;
    use crate::lexicon::Lexicon;

    #[test]
    fn words_and_kinds_of_evidence_are_told() {
        let one = "一、工作\n(一)推进医保支付方式改革。推行按病种付费。(市医保局负责)\n(二)加强宣传。做好解读。(市卫健局负责)";
        let other = "一、任务\n(一)深化医保支付方式改革。全面推开按病种付费。(省医保局牵头)\n(二)修建公路。";
        let space = space(&[("a", "2020", one), ("b", "2021", other)]);
        let [a, b] = ["a#1", "b#1"].map(|id| space.find(id).unwrap());
        let said = reason(&space, Lexicon::embedded().terms(), a, b, "推进医保支付方式改革。推行按病种付费。");
        let parts: Vec<&str> = said.split('、').collect();
        assert_eq!(parts[0], "医保支付方式改革");
        for part in ["按病种付费", "heading", "term:支付方式", "topic:payment-reform", "function:health-insurance"]
        {
            assert!(parts.contains(&part), "{said}");
        }
        let c = space.find("b#2").unwrap();
        assert_eq!(reason(&space, Lexicon::embedded().terms(), a, c, "推进医保支付方式改革。"), "");
    }
}
