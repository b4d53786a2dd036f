//! Linear work: twice the text, at most 2.2 times the steps, in every stage and on hard shapes.

#![allow(clippy::format_collect, reason = "a few thousand short lines, for a test")]

use super::{exchange, parse};
use crate::lexicon::Lexicon;
use crate::text::work::{self, Stage};
use crate::text::{Passage, SourceText};
use std::collections::BTreeMap;

/// Factor that doubling a text may cost.
const FACTOR: f64 = 2.2;

/// Steps below which a stage's constant costs count more than its text.
const FEW: u64 = 2_000;

/// A name, and a text of `n` repetitions.
type Shape = (&'static str, fn(usize) -> String);

const SHAPES: [Shape; 24] = [
    ("opening brackets", |n| "（".repeat(n)),
    ("closing brackets", |n| "）".repeat(n)),
    ("nested brackets", |n| "〔".repeat(n) + &"〕".repeat(n)),
    ("empty brackets", |n| "（）".repeat(n)),
    ("list signs", |n| "、".repeat(n)),
    ("one line", |n| format!("一、任务\n（一）{}", "推进各项工作稳步开展".repeat(n / 4))),
    ("one sentence of commas", |n| format!("一、任务\n（一）{}。", "推进工作，".repeat(n / 2))),
    ("one sentence of semicolons", |n| format!("一、任务\n（一）{}。", "推进工作；".repeat(n / 2))),
    ("headings", |n| (0..n / 4).map(|i| format!("{}.做好工作。\n", i % 400 + 1)).collect()),
    ("headings that restart", |n| "一、任务\n（一）做好。\n".repeat(n / 4)),
    ("two levels in turn", |n| (1..=n / 8).map(|i| format!("{i}、任务\n（1）做好。\n")).collect()),
    ("groups", |n| format!("一、任务\n（一）{}", "推进。（市教育局、市财政局负责）".repeat(n / 8))),
    ("one long group", |n| format!("一、任务\n（一）推进。（{}负责）", "市教育局、".repeat(n / 4))),
    ("one group of joints", |n| format!("一、任务\n（一）推进。（{}负责）", "市教育局和".repeat(n / 4))),
    ("labels", |n| format!("一、任务\n（一）推进。（{}）", "牵头单位：市教育局；".repeat(n / 8))),
    ("labels on lines", |n| format!("一、任务\n（一）推进。\n{}", "责任单位：市教育局\n".repeat(n / 8))),
    ("numbers", |n| format!("一、任务\n（一）{}", "建成10个，".repeat(n / 4))),
    ("digits", |n| format!("一、任务\n（一）{}", "1".repeat(n * 2))),
    ("years", |n| format!("一、任务\n（一）{}", "到2025年，".repeat(n / 4))),
    ("shares in one sentence", |n| format!("一、任务\n（一）到2025年，{}。", "覆盖率达到90%，".repeat(n / 6))),
    ("full coverage", |n| format!("一、任务\n（一）{}", "实现全覆盖，".repeat(n / 4))),
    ("citations", |n| format!("一、任务\n（一）{}", "落实《实施方案》（国发〔2019〕5号）、".repeat(n / 12))),
    ("document numbers", |n| format!("一、任务\n（一）{}", "按照国发〔2019〕5号、".repeat(n / 8))),
    ("rows of a table", |n| {
        let rows: String = (1..=n / 16).map(|i| format!("{i}\t修路\t市交通局\t2025年\n")).collect();
        format!("序号\t任务\t牵头单位\t完成时限\n{rows}")
    }),
];

fn steps(text: &str) -> BTreeMap<Stage, u64> {
    let source = SourceText::new(text);
    work::take();
    let document = parse(&source, Lexicon::embedded());
    exchange(&document, &source);
    work::take()
}

#[test]
fn twice_the_text_is_twice_the_work() {
    let mut faults = Vec::new();
    for (name, shape) in SHAPES {
        let (once, twice) = (steps(&shape(4_000)), steps(&shape(8_000)));
        for stage in Stage::ALL {
            let [a, b] = [&once, &twice].map(|steps| steps.get(&stage).copied().unwrap_or(0));
            if b > FEW && b as f64 > FACTOR * a.max(1) as f64 {
                faults.push(format!("{name}: {stage:?} took {a}, then {b} steps"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_quadratic_stage_would_be_seen() {
    work::take();
    let passage = Passage::from_text(&"工作".repeat(1_000));
    for at in 0..1_000 {
        let _ = passage.slice(at * 6..passage.text().len());
    }
    let once = work::take();
    let passage = Passage::from_text(&"工作".repeat(2_000));
    for at in 0..2_000 {
        let _ = passage.slice(at * 6..passage.text().len());
    }
    let twice = work::take();
    assert!(twice[&Stage::Text] as f64 > 3.5 * once[&Stage::Text] as f64);
}
