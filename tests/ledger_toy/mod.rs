//! A toy parser and toy plans, so that the ledger is tested without the real grammar.
//!
//! ```text
//! 江门市任务                      title
//! 文号：江府办〔2019〕13号         number
//! 日期：2019-03-11                issued
//! 地区：440700 江门市 prefecture   jurisdiction
//! 一、支付改革                     section 1
//! 1.推进支付（市医保局、市卫健局）   clause 1.1 with a group: the first body leads
//! 2.覆盖率达到80%（市文旅局）       clause 1.2 with a target, due in 2025
//! 3.2020年完成《意见》             clause 1.3 with a milestone and a citation
//! ```
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "each test file uses a part"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use taizhang::Result;
use taizhang::facts::{Op, Role};
use taizhang::ledger::{Ledger, Options, Progress, Reading, Report, Source};
use taizhang::query::{Names, Place, Verbatim};
use taizhang::record::*;
use taizhang::text::{Extent, SourceText, Span};

pub const READING: Reading = Reading { rules: 1, lexicon: 0xabc };

/// Function names in Chinese beside ids; places as codes or one name.
pub struct ToyNames;

impl Names for ToyNames {
    fn function(&self, name: &str) -> Result<String> {
        match name {
            "医保" | "health-insurance" => Ok("health-insurance".into()),
            "health" | "culture-tourism" | "radio-tv" => Ok(name.into()),
            _ => Err(taizhang::Error::query(format!("no department is called {name:?}"), vec!["health".into()])),
        }
    }

    fn place(&self, name: &str) -> Result<Place> {
        match name {
            "江门" | "江门市" => Ok(Place { name: "江门市".into(), ..Verbatim.place("440700")? }),
            "高新区" => Ok(Place { zone: Some("Z9".into()), ..Verbatim.place("440700")? }),
            code => Verbatim.place(code),
        }
    }

    fn topic(&self, name: &str) -> Result<String> {
        Verbatim.topic(name)
    }

    fn in_force(&self, adcode: &str) -> String {
        if adcode == "500222" { "500110".into() } else { adcode.into() }
    }
}

pub fn options() -> Options {
    let mut options = Options::new(parse, READING, Arc::new(ToyNames));
    options.segment_size = 512 << 10;
    options.engine_cache = 16 << 20;
    options
}

pub fn open(path: &Path) -> Ledger {
    Ledger::open(path, options()).unwrap()
}

pub fn ingest(ledger: &Ledger, sources: Vec<Source>) -> Report {
    try_ingest(ledger, sources).unwrap()
}

pub fn try_ingest(ledger: &Ledger, sources: Vec<Source>) -> Result<Report> {
    let cancel = AtomicBool::new(false);
    ledger.ingest(sources, &Progress { on_document: &|_, _, _| (), cancel: &cancel })
}

pub fn text(id: &str, text: &str) -> Source {
    Source::text(Some(id.to_owned()), text)
}

pub fn with(mut source: Source, metadata: &[(&str, &str)]) -> Source {
    source.metadata = metadata.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>();
    source
}

pub const JIANGMEN: &str = "江门市任务\n文号：江府办〔2019〕13号\n日期：2019-03-11\n地区：440700 江门市 prefecture\n一、支付改革\n1.推进支付（市医保局、市卫健局）\n2.签约覆盖率达到80%（市卫健局）\n二、其他\n3.2020年完成《实施意见》\n4.做好宣传（市文旅局）工\n作\n";
pub const LINFEN: &str = "临汾市任务\n日期：2022-05-01\n地区：141000 临汾市 prefecture\n一、支付方式\n1.推进支付（市医保局）\n2.覆盖率达到90%（市医保局）\n";
pub const GUANGDONG: &str =
    "广东省任务\n日期：2018-01-01\n地区：440000 广东省 province\n一、甲\n1.督促各市（省卫健委）\n";

/// A plan that differs with its number.
pub fn plan(number: usize) -> String {
    let mut out = format!(
        "计划{number}\n日期：{}-01-01\n地区：4407{:02} 某区 county\n一、支付\n",
        2010 + number % 12,
        number % 90 + 1
    );
    for n in 1..=number % 7 + 1 {
        let percent = 10 + n;
        out += &format!("{n}.做第{number}件的第{n}步，率达到{percent}%（市医保局、市卫健局）\n");
    }
    out
}

pub fn parse(text: &SourceText) -> Document {
    let mut document = Document::default();
    let mut at = 0;
    let mut no = 0;
    for line in text.as_str().split_inclusive('\n') {
        let start = at;
        at += line.chars().count() as u32;
        let line = line.trim_end_matches('\n');
        let span = |from: usize, to: usize| {
            let point = |byte: usize| start + line[..byte].chars().count() as u32;
            Extent { span: Span::new(point(from), point(to)), removed: vec![] }
        };
        if start == 0 {
            document.title = Some(line.to_owned());
        } else if let Some(number) = line.strip_prefix("文号：") {
            document.number = Some(number.to_owned());
        } else if let Some(date) = line.strip_prefix("日期：") {
            document.issued = Some(date.to_owned());
            document.year = date[..4].parse().ok();
            document.plan_year = document.year;
        } else if let Some(place) = line.strip_prefix("地区：") {
            let mut parts = place.split(' ').map(str::to_owned);
            let mut next = || parts.next().unwrap();
            let (adcode, name) = (next(), next());
            let level = match next().as_str() {
                "province" => Level::Province,
                "prefecture" => Level::Prefecture,
                _ => Level::County,
            };
            document.jurisdiction = Some(Jurisdiction { adcode, name, level, zone: None });
        } else if let Some(dot) = line.find('、').filter(|dot| ["一", "二"].contains(&&line[..*dot])) {
            no += 1;
            document.sections.push(Section { plan: None, no, heading: span(dot + 3, line.len()) });
        } else if let Some(dot) = line.find('.') {
            let own: u32 = line[..dot].parse().unwrap();
            document.clauses.push(Clause {
                path: vec![no, own],
                section: Some(no - 1),
                heading: None,
                kind: if line.contains("其他") { Kind::Preamble } else { Kind::Task },
                text: span(dot + 1, line.len()),
                topics: if line.contains("支付") { vec!["payment".into(), "insurance".into()] } else { vec![] },
            });
            facts(&mut document, line, dot, no, own, &span);
        } else if let Some(clause) = document.clauses.last_mut() {
            // A clause runs on over the line break, which is no part of its wording.
            clause.text.removed.push(Span::new(start - 1, start));
            clause.text.span.end = start + line.chars().count() as u32;
        }
    }
    document
}

fn facts(document: &mut Document, line: &str, dot: usize, no: u32, own: u32, span: &dyn Fn(usize, usize) -> Extent) {
    let clause = document.clauses.len() as u32;
    if let (Some(open), Some(close)) = (line.find('（'), line.find('）')) {
        let mut from = open + 3;
        for (nth, body) in line[from..close].split('、').enumerate() {
            let functions: &[&str] = match body {
                "市医保局" => &["health-insurance"],
                "市卫健局" | "省卫健委" => &["health"],
                "市文旅局" => &["culture-tourism", "radio-tv"],
                _ => &[],
            };
            document.assignments.push(Assignment {
                clause,
                part: 1,
                body: body.to_owned(),
                functions: functions.iter().map(|f| (*f).to_owned()).collect(),
                role: if nth == 0 { Role::Lead } else { Role::Responsible },
                implied: false,
                open: false,
                name: span(from, from + body.len()),
                group: Some(span(open, close + 3)),
                why: vec!["group.toy".into(), "role.toy".into()],
            });
            from += body.len() + 3;
        }
    }
    if let (Some(at), Some(percent)) = (line.find("达到"), line.find('%')) {
        document.targets.push(Target {
            clause: Some(clause),
            path: vec![no, own],
            part: Some(1),
            text: span(dot + 1, percent + 1),
            indicator: line[dot + 1..at].to_owned(),
            op: Op::Equal,
            value: line[at + 6..percent].parse().unwrap(),
            value_high: None,
            unit: Some("%".into()),
            per: None,
            baseline: None,
            baseline_period: None,
            change: None,
            deadline: Some("2025".into()),
            implied: false,
            why: vec![],
        });
    }
    if let Some(at) = line.find("年完成") {
        document.milestones.push(Milestone {
            clause: Some(clause),
            path: vec![no, own],
            part: None,
            text: span(at - 4, line.len()),
            deadline: format!("{}-06", &line[at - 4..at]),
            why: vec![],
        });
    }
    if let (Some(open), Some(close)) = (line.find('《'), line.find('》')) {
        document.citations.push(Citation {
            clause: Some(clause),
            title: Some(line[open + 3..close].to_owned()),
            number: None,
            text: span(open, close + 3),
        });
    }
}
