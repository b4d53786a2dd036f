//! Their side: what a row asks for, in our terms, and whether our reading gives it.
//!
//! The mapping is written down in `README.md`.

use crate::reading::{self, Interval};
use regex::Regex;
use serde_json::Value;
use std::ops::Range;
use taizhang::facts::Context;
use taizhang::facts::quantity::Quantity;
use taizhang::lexicon::Lexicon;
use taizhang::text::numeral;

pub fn input(case: &Value) -> &str {
    case["Input"].as_str().or(case["input"].as_str()).unwrap()
}

/// One answer: where it stands in the tidied text, its words there, and the rest of it.
struct Answer<'a> {
    range: Range<usize>,
    words: String,
    raw: &'a Value,
}

/// The answers of a row, in the order of the text.
fn answers<'a>(case: &'a Value, text: &str) -> Vec<Answer<'a>> {
    let mut from = 0;
    let mut out = Vec::new();
    for raw in case["Results"].as_array().unwrap() {
        let words = reading::tidy(raw["Text"].as_str().unwrap());
        // Their texts are in lower case, and keep their blanks.
        let at = from + text[from..].to_lowercase().find(&words.to_lowercase()).unwrap_or_else(|| panic!("{raw}"));
        from = at + words.len();
        out.push(Answer { range: at..from, words, raw });
    }
    out
}

fn same(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

fn number_of(value: &Value) -> f64 {
    value.as_f64().or_else(|| value.as_str()?.trim_end_matches('%').parse().ok()).unwrap_or_else(|| panic!("{value}"))
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// From the comparison in front to the one behind.
fn extent(quantity: &Quantity) -> Range<usize> {
    quantity.front.map_or(quantity.range.start, |(_, at)| at)..quantity.range.end
}

/// Complains where `got` holds anything but one reading for each answer, in order.
fn match_up<T: std::fmt::Debug>(want: &[Answer], got: &[T], fits: impl Fn(&Answer, &T) -> bool) -> Option<String> {
    let all = want.len() == got.len() && want.iter().zip(got).all(|(want, got)| fits(want, got));
    (!all).then(|| {
        let want: Vec<String> = want.iter().map(|w| format!("{} {}", w.words, w.raw["Resolution"]["value"])).collect();
        format!("{} wanted, got {got:?}", want.join("; "))
    })
}

pub fn number(case: &Value) -> Option<String> {
    let text = reading::tidy(input(case));
    let want = answers(case, &text);
    if let [one] = want.as_slice()
        && one.words == text
    {
        let (got, want) = (reading::whole(&text), number_of(&one.raw["Resolution"]["value"]));
        return (!got.is_some_and(|got| same(got, want))).then(|| format!("{want} wanted, got {got:?}"));
    }
    if want.is_empty()
        && let Some(value) = numeral::parse(&text)
    {
        return Some(format!("nothing wanted, got {value}"));
    }
    match_up(&want, &reading::quantities(&text), |want, got| {
        overlap(&want.range, &got.core)
            && same(reading::plain(got, &want.words), number_of(&want.raw["Resolution"]["value"]))
    })
}

pub fn ordinal(case: &Value) -> Option<String> {
    let text = reading::tidy(input(case));
    let want = answers(case, &text);
    let got: Vec<f64> = text.split('第').skip(1).filter_map(numeral::leading).map(|numeral| numeral.value).collect();
    let counted = reading::quantities(&text);
    if !counted.is_empty() {
        return Some(format!("an ordinal is no quantity: {counted:?}"));
    }
    match_up(&want, &got, |want, got| same(*got, number_of(&want.raw["Resolution"]["value"])))
}

pub fn percent(case: &Value) -> Option<String> {
    let text = reading::tidy(input(case));
    let shares: Vec<Quantity> =
        reading::quantities(&text).into_iter().filter(|q| reading::percent(q).is_some()).collect();
    match_up(&answers(case, &text), &shares, |want, got| {
        overlap(&want.range, &got.core)
            && got.value_high.is_none()
            && reading::percent(got).is_some_and(|got| same(got, number_of(&want.raw["Resolution"]["value"])))
    })
}

/// `[20,35)` with an end left out where there is none.
fn interval(text: &str) -> Interval {
    let ends = text.trim_matches(['(', ')', '[', ']']);
    let (low, high) = ends.split_once(',').unwrap();
    let end = |words: &str, none: f64| words.parse().unwrap_or(none);
    ((end(low, f64::NEG_INFINITY), text.starts_with('[')), (end(high, f64::INFINITY), text.ends_with(']')))
}

pub fn range(case: &Value) -> Option<String> {
    let text = reading::tidy(input(case));
    let all = reading::quantities(&text);
    for want in answers(case, &text) {
        let value = want.raw["Resolution"]["value"].as_str().unwrap();
        let (low, high) = interval(value);
        let mine: Vec<&Quantity> = all.iter().filter(|q| overlap(&want.range, &extent(q))).collect();
        let got = mine
            .iter()
            .map(|q| reading::interval(q, &want.words))
            .reduce(|(a, b), (c, d)| (if c.0 >= a.0 { c } else { a }, if d.0 <= b.0 { d } else { b }));
        // A—B: whether the ends belong to it is not said, with us.
        let between = matches!(mine.as_slice(), [one] if one.value_high.is_some());
        let fits = |want: (f64, bool), got: (f64, bool)| same(want.0, got.0) && (between || want.1 == got.1);
        if !got.is_some_and(|got| fits(low, got.0) && fits(high, got.1)) {
            return Some(format!("{} {value} wanted, got {mine:?}", want.words));
        }
    }
    None
}

/// Their units, as ours.
const UNITS: [(&str, &str); 23] = [
    ("Chinese yuan", "元"),
    ("United States dollar", "美元"),
    ("Euro", "欧元"),
    ("Hong Kong dollar", "港元"),
    ("New Taiwan dollar", "台币"),
    ("Japanese yen", "日元"),
    ("Swiss franc", "瑞士法郎"),
    ("Mu", "亩"),
    ("Jin", "斤"),
    ("Ton", "吨"),
    ("Kilogram", "千克"),
    ("Gram", "克"),
    ("Microgram", "微克"),
    ("Kilometer", "千米"),
    ("Meter", "米"),
    ("Centimeter", "厘米"),
    ("Kilobit", "千比特"),
    ("Kilobyte", "千字节"),
    ("Megabyte", "兆字节"),
    ("Megahertz", "兆赫兹"),
    ("Hertz", "赫兹"),
    ("Kilowatt", "千瓦"),
    ("Kilocalorie", "千卡"),
];

/// Each answer must be read; of other quantities the file says nothing.
pub fn unit(case: &Value) -> Option<String> {
    let text = reading::tidy(input(case));
    let all = reading::quantities(&text);
    for want in answers(case, &text) {
        let solution = &want.raw["Resolution"];
        let name = solution["unit"].as_str().unwrap();
        let (_, unit) = UNITS.iter().find(|(theirs, _)| *theirs == name).unwrap_or_else(|| panic!("{name}"));
        let value = number_of(&solution["value"]);
        let fits = |q: &Quantity| {
            let ours = q.unit.as_deref().and_then(|ours| Lexicon::embedded().units().convert(q.value, ours, unit));
            overlap(&want.range, &q.core) && ours.is_some_and(|ours| same(ours, value))
        };
        if !all.iter().any(fits) {
            return Some(format!("{} {value} {unit} wanted, got {all:?}", want.words));
        }
    }
    None
}

/// `P2Y`, `PT5M`: a number and our units for it.
fn duration(timex: &str) -> Option<(f64, &'static [&'static str])> {
    let found = Regex::new("^P(T?)([0-9.]+)([A-Z])$").unwrap().captures(timex)?;
    let units: &[&str] = match (&found[1], &found[3]) {
        ("", "Y") => &["年"],
        ("", "M") => &["个月", "月"],
        ("", "W") => &["周", "星期", "个星期"],
        ("", "D") => &["天", "日"],
        ("T", "H") => &["小时", "个小时"],
        ("T", "M") => &["分钟"],
        _ => return None,
    };
    Some((found[2].parse().ok()?, units))
}

pub fn span(case: &Value) -> Option<String> {
    let text = reading::tidy(input(case));
    match_up(&answers(case, &text), &reading::quantities(&text), |want, got| {
        let raw = want.raw;
        let timex = raw["Value"]["Timex"].as_str().or(raw["Resolution"]["values"][0]["timex"].as_str()).unwrap();
        let (value, units) = duration(timex).unwrap_or_else(|| panic!("{timex}"));
        overlap(&want.range, &got.core)
            && same(got.value, value)
            && got.unit.as_deref().is_some_and(|unit| units.contains(&unit))
    })
}

/// The periods that an answer may mean, at the precision of its words; none where the date does not exist.
fn periods(want: &Answer) -> Vec<String> {
    let plain = Regex::new("^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$").unwrap();
    let words = &want.words;
    let numeric = words.matches(['-', '/']).count() >= 2;
    let precision = match () {
        () if numeric || words.ends_with(['日', '号']) || words.trim_end_matches('间').ends_with('日') => 10,
        () if words.contains('日') && words.contains('月') => 10,
        () if words.contains('月') => 7,
        () => 4,
    };
    let joined = words.ends_with('间') || words.contains(['到', '至', '—', '~']) || (numeric || words.contains('-'));
    let mut out = Vec::new();
    for value in want.raw["Resolution"]["values"].as_array().unwrap() {
        let text = |key: &str| value[key].as_str();
        let timex = text("timex").unwrap_or_default();
        if text("value") == Some("not resolved") {
            continue;
        }
        out.push(if let Some(day) = text("value") {
            day.to_owned()
        } else if plain.is_match(timex) {
            timex.to_owned()
        } else if timex.starts_with('(') && joined {
            text("end").unwrap()[..precision].to_owned()
        } else if timex.starts_with('(') {
            let end: jiff::civil::Date = text("end").unwrap().parse().unwrap();
            end.yesterday().unwrap().to_string()[..7].to_owned()
        } else {
            text("start").unwrap()[..precision].to_owned()
        });
    }
    out
}

pub fn date(case: &Value) -> Option<String> {
    let text = reading::tidy(input(case));
    let (spans, want): (Vec<_>, Vec<_>) = answers(case, &text)
        .into_iter()
        .filter(|a| a.raw["TypeName"] != "datetimeV2.set")
        .partition(|a| a.raw["TypeName"] == "datetimeV2.duration");
    if !spans.is_empty() {
        assert!(want.is_empty(), "{case}");
        return span(case);
    }
    let issued: Option<jiff::civil::Date> =
        case["Context"]["ReferenceDateTime"].as_str().and_then(|at| at.get(..10)?.parse().ok());
    let context = Context { plan_year: issued.map(jiff::civil::Date::year), issued, level_word: None };
    let got: Vec<_> = reading::phrases(&text, &context).into_iter().filter(|p| p.value.is_some()).collect();
    let fails = |why: &str| Some(format!("{why}, got {got:?}"));
    for want in &want {
        let mine: Vec<_> = got.iter().filter(|p| overlap(&want.range, &p.range)).collect();
        let periods = periods(want);
        if periods.is_empty() {
            if mine.is_empty() {
                continue;
            }
            return fails(&format!("{} is no date", want.words));
        }
        let from = matches!(want.raw["Resolution"]["values"][0]["Mod"].as_str(), Some("after" | "since"));
        let fits = mine.len() == 1
            && mine.iter().all(|p| {
                p.value.as_ref().is_some_and(|value| periods.contains(value)) && reading::opens(p, &text) == from
            });
        if !fits {
            return fails(&format!("{} {periods:?} wanted{}", want.words, if from { " as a start" } else { "" }));
        }
    }
    if got.iter().any(|p| !want.iter().any(|w| overlap(&w.range, &p.range))) {
        return fails("more dates than wanted");
    }
    None
}

/// cn2an: a numeral with its value, or a sentence with the same sentence in Arabic digits.
pub fn cn2an(case: &Value) -> Option<String> {
    let text = reading::tidy(input(case));
    if !case["test"].as_str().unwrap().starts_with("transform") {
        let (got, want) = (reading::whole(&text), number_of(&case["expect"]));
        return (!got.is_some_and(|got| same(got, want))).then(|| format!("{want} wanted, got {got:?}"));
    }
    let mut arabic = reading::tidy(case["expect"].as_str().unwrap());
    let day = Regex::new("([0-9]{4})年(?:([0-9]+)月([0-9]+)日)?").unwrap();
    let mut dates = Vec::new();
    for found in day.captures_iter(&arabic) {
        let year = &found[1];
        dates.push(match (found.get(2), found.get(3)) {
            (Some(m), Some(d)) => format!("{year}-{:0>2}-{:0>2}", m.as_str(), d.as_str()),
            _ => year.to_owned(),
        });
    }
    for other in [day, Regex::new("[0-9]+月[0-9]+日|第[0-9]+").unwrap()] {
        arabic = other.replace_all(&arabic, "").into_owned();
    }
    let mine: Vec<String> =
        reading::phrases(&text, &Context::default()).into_iter().filter_map(|phrase| phrase.value).collect();
    let figure = Regex::new("(-?[0-9.]+)(?:-([0-9.]+)|/([0-9.]+))?(%)?").unwrap();
    let want: Vec<(f64, Option<f64>, bool)> = figure
        .captures_iter(&arabic)
        .map(|found| {
            let part = |i: usize| found.get(i).map(|m| m.as_str().parse::<f64>().unwrap());
            let share = found.get(3).is_some() || found.get(4).is_some();
            (part(1).unwrap() / part(3).map_or(1.0, |whole| whole / 100.0), part(2), share)
        })
        .collect();
    let got: Vec<(f64, Option<f64>, bool)> = reading::quantities(&text)
        .iter()
        .map(|q| (reading::plain(q, ""), q.value_high, q.unit.as_deref() == Some("%")))
        .collect();
    let alike = want.len() == got.len()
        && want.iter().zip(&got).all(|(want, got)| same(want.0, got.0) && (want.1, want.2) == (got.1, got.2));
    (!alike || mine != dates).then(|| format!("{want:?} {dates:?} wanted, got {got:?} {mine:?}"))
}
