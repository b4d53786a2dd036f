//! The grammar of quantities, deadlines, targets and milestones as tables: text → what it says, and why not.
//!
//! Every field that a row names must be as it says; rows are matched in order, and there are no others.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use serde_json::{Map, Value, json};
use std::path::Path;
use taizhang::facts::deadline::{self, TimeKind};
use taizhang::facts::{Context, quantity, target};
use taizhang::lexicon::Lexicon;
use taizhang::text::Passage;

struct Row {
    text: String,
    expect: Vec<Map<String, Value>>,
    context: Context,
    raw: Value,
}

fn table(name: &str, least: usize) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs").join(name);
    let rows: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(rows.len() >= least, "{name} has {} rows", rows.len());
    let negative: Vec<&Value> = rows.iter().filter(|r| r["expect"].as_array().unwrap().is_empty()).collect();
    assert!(negative.len() * 3 >= rows.len(), "{name}: {} of {} rows are negative", negative.len(), rows.len());
    assert!(negative.iter().all(|r| r["why"].is_string()), "{name}: a negative row says why");
    rows.into_iter()
        .map(|raw| Row {
            text: raw["text"].as_str().unwrap().to_owned(),
            expect: raw["expect"].as_array().unwrap().iter().map(|e| e.as_object().unwrap().clone()).collect(),
            context: Context {
                plan_year: raw["plan_year"].as_i64().map(|y| i16::try_from(y).unwrap()),
                issued: raw["issued"].as_str().map(|d| d.parse().unwrap()),
                level_word: None,
            },
            raw,
        })
        .collect()
}

/// Complaints about one row: a missing or superfluous fact, or a field that differs.
fn compare(row: &Row, got: &[Value]) -> Vec<String> {
    let mut out = Vec::new();
    if got.len() != row.expect.len() {
        out.push(format!("{} facts, {} expected", got.len(), row.expect.len()));
    }
    for (want, got) in row.expect.iter().zip(got) {
        for (key, value) in want {
            let same = match (value.as_f64(), got[key].as_f64()) {
                (Some(a), Some(b)) => (a - b).abs() < 1e-6,
                _ => value == &got[key],
            };
            if !same {
                out.push(format!("{key}: {} instead of {value}", got[key]));
            }
        }
    }
    out
}

fn check(name: &str, least: usize, read: impl Fn(&Row) -> Vec<Value>) {
    let mut wrong = Vec::new();
    for row in table(name, least) {
        let got = read(&row);
        let complaints = compare(&row, &got);
        if !complaints.is_empty() {
            wrong.push(format!("{}\n    got {}\n    {}", row.raw, json!(got), complaints.join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{name}: {} rows differ\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn quantities_follow_the_table() {
    check("quantity.json", 40, |row| {
        let passage = Passage::from_text(&row.text);
        let text = passage.text();
        let times: Vec<_> = deadline::phrases(text, &row.context).into_iter().map(|p| p.range).collect();
        quantity::quantities(text, &times, Lexicon::embedded().units())
            .iter()
            .map(|q| {
                json!({"text": passage.get(q.range.clone()), "value": q.value, "value_high": q.value_high, "unit": q.unit,
                    "per": q.per, "op": q.op()})
            })
            .collect()
    });
}

#[test]
fn deadlines_follow_the_table() {
    check("deadline.json", 40, |row| {
        let passage = Passage::from_text(&row.text);
        deadline::phrases(passage.text(), &row.context)
            .iter()
            .filter(|p| p.kind == TimeKind::Deadline)
            .map(|p| json!({"text": passage.get(p.range.clone()), "value": p.value}))
            .collect()
    });
}

#[test]
fn targets_follow_the_table() {
    check("target.json", 60, |row| {
        let passage = Passage::from_text(&row.text);
        let (targets, _) = target::extract(&passage, &[], &[], &row.context, Lexicon::embedded().units());
        targets
            .iter()
            .map(|t| {
                json!({"text": passage.get(t.range.clone()), "indicator": t.indicator, "op": t.op, "value": t.value,
                    "value_high": t.value_high, "unit": t.unit, "per": t.per, "baseline": t.baseline,
                    "baseline_period": t.baseline_period, "change": t.change, "deadline": t.deadline,
                    "implied": t.implied, "why": t.why})
            })
            .collect()
    });
}

/// The field `name` by its own table: a row is right if it has the targets expected, in order, with that field.
/// Prints how many rows are right and which are not; fails below 95 %.
fn rate(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs").join(format!("{name}.json"));
    let rows: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(rows.len() >= 40, "{name} has {} rows", rows.len());
    let null = |row: &&Value| row["expect"].as_array().unwrap().iter().all(|fact| fact[name].is_null());
    let negative: Vec<&Value> = rows.iter().filter(null).collect();
    assert!(negative.len() * 3 >= rows.len(), "{name}: {} of {} rows are negative", negative.len(), rows.len());
    assert!(negative.iter().all(|row| row["why"].is_string()), "{name}: a negative row says why");
    let mut wrong = Vec::new();
    for row in &rows {
        let passage = Passage::from_text(row["text"].as_str().unwrap());
        let (targets, _) = target::extract(&passage, &[], &[], &Context::default(), Lexicon::embedded().units());
        let got: Vec<Value> = targets
            .iter()
            .map(|t| json!({"value": t.value, "value_high": t.value_high, "per": t.per, "baseline": t.baseline}))
            .collect();
        let expect = row["expect"].as_array().unwrap();
        let same = got.len() == expect.len()
            && expect.iter().zip(&got).all(|(want, got)| {
                ["value", name].iter().all(|key| match (want[*key].as_f64(), got[*key].as_f64()) {
                    (Some(a), Some(b)) => (a - b).abs() < 1e-6,
                    _ => want[*key] == got[*key],
                })
            });
        if !same {
            wrong.push(format!("{row}\n    got {}", json!(got)));
        }
    }
    let right = rows.len() - wrong.len();
    println!("{name}: {right}/{} rows right\n{}", rows.len(), wrong.join("\n"));
    assert!(right * 100 >= rows.len() * 95, "{name}: {right} of {} rows right\n{}", rows.len(), wrong.join("\n"));
}

#[test]
fn the_period_of_a_rate_follows_its_table() {
    rate("per");
}

#[test]
fn the_old_value_follows_its_table() {
    rate("baseline");
}

#[test]
fn the_upper_end_of_a_range_follows_its_table() {
    rate("value_high");
}

#[test]
fn milestones_follow_the_table() {
    check("milestone.json", 30, |row| {
        let passage = Passage::from_text(&row.text);
        let (_, milestones) = target::extract(&passage, &[], &[], &row.context, Lexicon::embedded().units());
        milestones.iter().map(|m| json!({"text": passage.get(m.range.clone()), "deadline": m.deadline})).collect()
    });
}

/// Shapes that make careless scanners quadratic or push an offset off a character.
const HARD: [&str; 14] = [
    "(",
    "、",
    "1个",
    "达到1%,",
    "到2025年",
    "一",
    "万",
    "“",
    "》",
    "由1%提高到2%",
    "全覆盖",
    "每年1次;",
    "——",
    "2025年底前完成和",
];

#[test]
fn every_range_lies_in_the_passage_whatever_the_text() {
    for shape in HARD {
        let text = format!("{}\n到2025年,{}。", shape.repeat(3000), shape.repeat(40));
        let passage = Passage::from_text(&text);
        let (targets, milestones) =
            target::extract(&passage, &[], &[], &Context::default(), Lexicon::embedded().units());
        let ranges = targets.iter().map(|t| &t.range).chain(milestones.iter().map(|m| &m.range));
        for range in ranges {
            assert!(range.start < range.end && passage.text().get(range.clone()).is_some(), "{shape}: {range:?}");
        }
    }
}

proptest::proptest! {
    #[test]
    fn any_mixture_of_words_is_read_without_panic(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "到", "2025年", "底前", "“十四五”", "期间", "达到", "不低于", "30", "%", "个", "以上", "、", "和", "。", ";", ",", "(", ")",
                "“", "”", "《", "》", "由", "提高到", "万元", "每年", "1次", "各", "均", "分别", "全覆盖", "建成", "的", "医院", "率", "等",
                "二", "三级", "百分之", "十", "翻一番", "—", "3月", "日内", "自", "起", "比", "下降", "对", "力争", "覆盖", "每千人口", "\n",
            ]),
            0..60,
        ),
        cut in 0usize..200,
    ) {
        let text = words.concat();
        let passage = Passage::from_text(&text);
        let at = (0..=cut.min(passage.text().len())).rev().find(|at| passage.text().is_char_boundary(*at)).unwrap_or(0);
        let (targets, milestones) = target::extract(&passage, std::slice::from_ref(&(0..at)), &[], &Context { plan_year: Some(2023), ..Context::default() }, Lexicon::embedded().units());
        for range in targets.iter().map(|t| &t.range).chain(milestones.iter().map(|m| &m.range)) {
            proptest::prop_assert!(range.start <= range.end && passage.text().get(range.clone()).is_some(), "{:?} in {}", range, passage.text());
        }
    }
}
