//! Our side: what the numeral, quantity and deadline code reads in a text, in plain figures.

use std::ops::Range;
use taizhang::facts::deadline::{self, TimeKind, TimePhrase};
use taizhang::facts::quantity::{self, Quantity};
use taizhang::facts::{Context, Op};
use taizhang::lexicon::Lexicon;
use taizhang::text::{Passage, numeral};

/// The text as rules see it: no blanks, signs unified.
pub fn tidy(text: &str) -> String {
    Passage::from_text(text).text().to_owned()
}

/// Quantities of a tidied text outside its times, as the parser finds them.
pub fn quantities(text: &str) -> Vec<Quantity> {
    let times: Vec<Range<usize>> = phrases(text, &Context::default()).into_iter().map(|p| p.range).collect();
    quantity::quantities(text, &times, Lexicon::embedded().units())
}

pub fn phrases(text: &str, context: &Context) -> Vec<TimePhrase> {
    deadline::phrases(text, context)
}

/// A whole text that is one number; where it is no plain numeral (十余万), as a count of something.
pub fn whole(text: &str) -> Option<f64> {
    numeral::parse(text).or_else(|| match quantities(&format!("{text}个")).as_slice() {
        [one] if one.core.start == 0 && one.range.end >= text.len() => Some(plain(one, text)),
        _ => None,
    })
}

/// Number words that a unit may begin with.
const WORDS: [(&str, f64); 8] =
    [("万亿", 1e12), ("千万", 1e7), ("百万", 1e6), ("十万", 1e5), ("亿", 1e8), ("万", 1e4), ("千", 1e3), ("百", 1e2)];

/// A unit without its number word, and what that is worth.
pub fn unit_of(unit: &str) -> (&str, f64) {
    if unit.ends_with("分点") {
        return (unit, 1.0);
    }
    WORDS.iter().find_map(|(word, times)| Some((unit.strip_prefix(word)?, *times))).unwrap_or((unit, 1.0))
}

/// The value as a plain number; what is written as a fraction (`printed` holds 分之 or /) as a share of one.
pub fn plain(quantity: &Quantity, printed: &str) -> f64 {
    quantity.value * factor(quantity, printed)
}

/// What a quantity's unit multiplies its value by.
pub fn factor(quantity: &Quantity, printed: &str) -> f64 {
    let unit = quantity.unit.as_deref().unwrap_or_default();
    let fraction = (printed.contains("分之") || printed.contains('/')) && !printed.contains("百分之");
    match unit {
        "%" if fraction => 0.01,
        "‰" if fraction => 0.001,
        _ => unit_of(unit).1,
    }
}

/// The value in percent, where it is a share or a change of one.
pub fn percent(quantity: &Quantity) -> Option<f64> {
    let (unit, times) = unit_of(quantity.unit.as_deref()?);
    let one = match unit {
        "%" | "百分点" | "个百分点" => 1.0,
        "‰" => 0.1,
        "‱" => 0.01,
        "成" => 10.0,
        _ => return None,
    };
    Some(quantity.value * one * times)
}

/// Lower and upper end, each with true where it is included.
pub type Interval = ((f64, bool), (f64, bool));

/// What a quantity allows.
pub fn interval(quantity: &Quantity, printed: &str) -> Interval {
    let times = factor(quantity, printed);
    let value = quantity.value * times;
    let (least, most) = ((f64::NEG_INFINITY, false), (f64::INFINITY, false));
    match quantity.op() {
        Some(Op::AtLeast) => ((value, true), most),
        Some(Op::Above) => ((value, false), most),
        Some(Op::AtMost) => (least, (value, true)),
        Some(Op::Below) => (least, (value, false)),
        None if quantity.open => ((value, false), most),
        _ => ((value, true), (quantity.value_high.map_or(value, |high| high * times), true)),
    }
}

/// True where the phrase says from when on.
pub fn opens(phrase: &TimePhrase, text: &str) -> bool {
    phrase.kind == TimeKind::Start || text.get(phrase.range.clone()).is_some_and(|words| words.ends_with("以来"))
}
