//! How well copies are told from what only looks like them, over made pairs: precision and recall, with floors.
//!
//! Each pair is an original plan and a second page: a copy as portals print it (positive), or another document that shares
//! number, day, place or wording with it (negative). Both go through the real grammar into one ledger; a pair is right
//! where the second is marked as a copy of the first, or of nothing, as it should be. The figures:
//!
//! ```text
//! cargo test --test copies_eval -- --nocapture
//! ```

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use taizhang::ledger::{Ledger, Options, Progress, Source, parse};
use taizhang::table::Cell;
use taizhang::text::SourceText;

/// Pairs of each kind.
const PAIRS: usize = 16;

/// A small seeded generator (`SplitMix64`).
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// What plans are made of: clauses of the seeds, names of cities, fields of work.
struct Material {
    clauses: Vec<String>,
    cities: Vec<String>,
}

const FIELDS: [&str; 12] = [
    "深化医药卫生体制改革",
    "优化营商环境",
    "冬春季火灾防控",
    "农村饮水安全",
    "养老服务体系建设",
    "餐饮服务食品安全",
    "中小学校舍安全",
    "数字政府建设",
    "生活垃圾分类",
    "根治拖欠农民工工资",
    "城市更新",
    "职业技能提升",
];

impl Material {
    fn load() -> Self {
        let root = env!("CARGO_MANIFEST_DIR");
        let mut files: Vec<_> = std::fs::read_dir(format!("{root}/seeds/documents"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "txt"))
            .collect();
        files.sort();
        let mut clauses = Vec::new();
        for file in files {
            let text = SourceText::new(std::fs::read_to_string(file).unwrap());
            let read = parse(&text);
            clauses.extend(read.clauses.iter().map(|clause| text.wording(&clause.text)));
        }
        clauses.retain(|clause| (80..400).contains(&clause.chars().count()));
        assert!(clauses.len() > 80, "{}", clauses.len());
        let mut cities = Vec::new();
        for row in csv::Reader::from_path(format!("{root}/seeds/lexicon/divisions.csv")).unwrap().records() {
            let row = row.unwrap();
            let (code, name) = (row[0].to_owned(), row[1].to_owned());
            if code.ends_with("00") && !code.ends_with("0000") && name.ends_with('市') && name.chars().count() == 3 {
                cities.push(name);
            }
        }
        assert!(cities.len() > 100);
        Self { clauses, cities }
    }
}

/// A plan before it is printed.
#[derive(Clone)]
struct Plan {
    city: String,
    field: &'static str,
    number: Option<String>,
    date: (usize, usize, usize),
    clauses: Vec<String>,
}

const ORDINALS: [&str; 20] = [
    "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五", "十六", "十七",
    "十八", "十九", "二十",
];

impl Plan {
    fn draw(material: &Material, draw: &mut Draw) -> Self {
        let city = draw.pick(&material.cities).clone();
        let date = (2016 + draw.below(9), 1 + draw.below(12), 1 + draw.below(28));
        let number = Some(number(&city, date.0, 1 + draw.below(90)));
        let count = 9 + draw.below(6);
        let mut plan = Self { city, field: *draw.pick(&FIELDS), number, date, clauses: Vec::new() };
        plan.fill(material, draw, count);
        plan
    }

    /// Adds clauses that it does not have yet, each naming the city once.
    fn fill(&mut self, material: &Material, draw: &mut Draw, count: usize) {
        while self.clauses.len() < count {
            let clause = format!("{}{}要定期检查。", draw.pick(&material.clauses), self.city);
            if !self.clauses.contains(&clause) {
                self.clauses.push(clause);
            }
        }
    }

    fn title(&self) -> String {
        format!("{}{}实施方案", self.city, self.field)
    }

    fn notice(&self) -> String {
        format!("{}人民政府办公室关于印发{}的通知", self.city, self.title())
    }

    fn date(&self) -> String {
        format!("{}年{}月{}日", self.date.0, self.date.1, self.date.2)
    }

    /// The lines of the plan itself.
    fn body(&self) -> Vec<String> {
        let mut lines = vec![self.title(), String::new()];
        for (at, clause) in self.clauses.iter().enumerate() {
            if at % 5 == 0 {
                lines.push(format!("{}、{}", ORDINALS[at / 5], ["统筹推进", "重点任务", "组织保障"][at / 5 % 3]));
            }
            lines.push(format!("（{}）{clause}", ORDINALS[at % 5]));
        }
        lines
    }

    /// The notice with its plan.
    fn page(&self) -> Vec<String> {
        let mut lines = vec![self.notice()];
        lines.extend(self.number.clone());
        lines.extend([
            String::new(),
            "各县（市、区）人民政府，市政府各部门：".to_owned(),
            format!("《{}》已经市人民政府同意，现印发给你们，请认真贯彻执行。", self.title()),
            String::new(),
            format!("{}人民政府办公室", self.city),
            self.date(),
            String::new(),
        ]);
        lines.extend(self.body());
        lines
    }
}

fn number(city: &str, year: usize, ordinal: usize) -> String {
    format!("{}政办发〔{year}〕{ordinal}号", city.chars().next().unwrap())
}

fn later(date: (usize, usize, usize), days: usize) -> (usize, usize, usize) {
    (date.0, date.1, if date.2 + days > 28 { date.2 - days } else { date.2 + days })
}

/// Lines between which a portal shows a document.
fn furniture(lines: Vec<String>, plan: &Plan, draw: &mut Draw) -> Vec<String> {
    let mut out = vec![
        format!("{}人民政府门户网站", plan.city),
        "首页 政务公开 办事服务 互动交流 走进我们".to_owned(),
        "当前位置：首页 > 政务公开 > 政策文件".to_owned(),
    ];
    let split = lines.len() / 2;
    for (at, line) in lines.into_iter().enumerate() {
        out.push(line);
        if at == 0 {
            out.push(format!("来源：市政府办公室 浏览次数：{} 字号：[大 中 小]", draw.below(90_000)));
        }
        if at == split {
            out.extend([String::new(), format!("— {} —", 3 + draw.below(9)), String::new()]);
        }
    }
    out.extend(
        ["", "打印本页 关闭窗口", "相关阅读", "主办：市人民政府办公室 承办：市政务数据局", "网站标识码：4400000000"]
            .map(str::to_owned),
    );
    out
}

/// Signs as another portal prints them.
fn half_width(lines: Vec<String>) -> Vec<String> {
    let sign = |c: char| match c {
        '，' => ',',
        '（' => '(',
        '）' => ')',
        '：' => ':',
        '；' => ';',
        c => c,
    };
    lines.into_iter().map(|line| line.chars().map(sign).collect()).collect()
}

/// Lines broken at the width of a printed page.
fn wrapped(lines: Vec<String>, width: usize) -> Vec<String> {
    let broken = lines.into_iter().flat_map(|line| {
        let chars: Vec<char> = line.chars().collect();
        if chars.len() <= width {
            return vec![line];
        }
        chars.chunks(width).map(|piece| piece.iter().collect::<String>()).collect()
    });
    broken.collect()
}

/// The first part of a page, cut in mid-line.
fn cut(lines: &[String], percent: usize) -> Vec<String> {
    let all = lines.join("\n");
    let count = all.chars().count() * percent / 100;
    all.chars().take(count).collect::<String>().lines().map(str::to_owned).collect()
}

/// One character in so many misread.
fn misread(lines: Vec<String>, one_in: usize, draw: &mut Draw) -> Vec<String> {
    let mut out = lines;
    for line in out.iter_mut().skip(9) {
        *line = line
            .chars()
            .map(|c| {
                let word = ('\u{4e00}'..='\u{9fff}').contains(&c) && !"一二三四五六七八九十、".contains(c);
                if word && draw.below(one_in) == 0 { '囗' } else { c }
            })
            .collect();
    }
    out
}

/// The second page of a pair; the first is the plan's page, unless the kind changes it.
fn second(kind: &str, plan: &mut Plan, material: &Material, draw: &mut Draw) -> Vec<String> {
    match kind {
        "copy: portal" => furniture(plan.page(), plan, draw),
        "copy: portal without number" => {
            let bare = Plan { number: None, ..plan.clone() };
            furniture(half_width(bare.page()), plan, draw)
        }
        "copy: plan without its notice" => {
            let mut lines = plan.body();
            lines.insert(1, format!("（{}）", plan.date()));
            furniture(lines, plan, draw)
        }
        "copy: cut off" => furniture(cut(&plan.page(), 30 + draw.below(65)), plan, draw),
        "copy: cut off, without number" => {
            let bare = Plan { number: None, ..plan.clone() };
            cut(&bare.page(), 65 + draw.below(30))
        }
        "copy: scan" => wrapped(misread(plan.page(), 60, draw), 34),
        "copy: day of publication" => Plan { date: later(plan.date, 1 + draw.below(9)), ..plan.clone() }.page(),
        "other: forwarded by a county" => {
            let mut lines = vec![
                format!("{}城关区人民政府办公室转发{}的通知", plan.city, plan.notice()),
                format!("城政办发〔{}〕{}号", plan.date.0, 1 + draw.below(50)),
                String::new(),
                "各乡镇人民政府：".to_owned(),
                "现将文件转发给你们，请结合实际，认真贯彻执行。".to_owned(),
                String::new(),
                format!("{}城关区人民政府办公室", plan.city),
                Plan { date: later(plan.date, 5), ..plan.clone() }.date(),
                String::new(),
            ];
            lines.extend(plan.page());
            lines
        }
        "other: forwarded on the same day" => {
            let mut lines = vec![
                format!("{}卫生健康委员会转发{}的通知", plan.city, plan.notice()),
                String::new(),
                "各有关单位：".to_owned(),
                "现转发给你们，请认真贯彻执行。".to_owned(),
                format!("{}卫生健康委员会", plan.city),
                plan.date(),
                String::new(),
            ];
            lines.extend(plan.page());
            lines
        }
        "other: next year" => {
            let date = (plan.date.0 + 1, plan.date.1, plan.date.2);
            Plan { number: Some(number(&plan.city, date.0, 1 + draw.below(90))), date, ..plan.clone() }.page()
        }
        "other: adopted elsewhere" => {
            let city = material.cities.iter().find(|city| city.chars().next() != plan.city.chars().next()).unwrap();
            let clauses = plan.clauses.iter().map(|clause| clause.replace(&plan.city, city)).collect();
            // As often as not neither page tells a number, and half of the offices write no place into it.
            plan.number = match draw.below(4) {
                0 | 1 => None,
                2 => Some(format!("政办发〔{}〕13号", plan.date.0)),
                _ => plan.number.clone(),
            };
            let number = plan
                .number
                .as_ref()
                .map(|own| if own.starts_with('政') { own.clone() } else { number(city, plan.date.0, 7) });
            Plan { city: city.clone(), clauses, number, ..plan.clone() }.page()
        }
        "other: same day, same place" => {
            let field = FIELDS[(FIELDS.iter().position(|f| *f == plan.field).unwrap() + 1) % FIELDS.len()];
            let count = plan.clauses.len();
            let mut other = Plan { field, clauses: plan.clauses[..count / 3].to_vec(), ..plan.clone() };
            other.fill(material, draw, count);
            other.number = other.number.map(|_| number(&plan.city, plan.date.0, 91));
            other.page()
        }
        "other: same day, same wording" => {
            plan.number = None;
            let field = FIELDS[(FIELDS.iter().position(|f| *f == plan.field).unwrap() + 1) % FIELDS.len()];
            Plan { field, ..plan.clone() }.page()
        }
        "other: interpretation" => {
            let mut lines = vec![
                match draw.below(4) {
                    0 => format!("《{}》政策解读", plan.title()),
                    1 => format!("关于《{}》的解读", plan.title()),
                    2 => format!("一图读懂{}", plan.title()),
                    _ => format!("【政策问答】{}", plan.title()),
                },
                plan.date(),
                format!(
                    "近日，{}人民政府办公室印发《{}》（{}），现解读如下。",
                    plan.city,
                    plan.title(),
                    plan.number.as_ref().unwrap()
                ),
                "一、出台背景".to_owned(),
                "为贯彻落实上级部署，结合本市实际，制定本方案。".to_owned(),
                "二、主要内容".to_owned(),
            ];
            for (at, clause) in plan.clauses.iter().enumerate().filter(|(at, _)| at % 2 == 0) {
                lines.push(format!("（{}）{clause}", ORDINALS[at / 2]));
            }
            lines
        }
        "other: annex" => {
            let mut other = Plan { clauses: Vec::new(), ..plan.clone() };
            other.fill(material, draw, 6);
            let mut lines = vec![format!("{}任务清单", plan.title())];
            lines.extend(plan.number.clone());
            lines.extend([format!("{}人民政府办公室", plan.city), plan.date(), String::new()]);
            lines.extend(other.body());
            lines
        }
        "other: draft for comment" => {
            let mut lines = vec![format!("{}（征求意见稿）", plan.title()), plan.date()];
            lines.extend(plan.body().into_iter().skip(1));
            lines
        }
        "other: wrong number" => {
            let mut other = Plan { clauses: plan.clauses[..2].to_vec(), field: "全民健身", ..plan.clone() };
            other.fill(material, draw, 10);
            other.page()
        }
        other => panic!("no kind {other}"),
    }
}

const KINDS: [&str; 17] = [
    "copy: portal",
    "copy: portal without number",
    "copy: plan without its notice",
    "copy: cut off",
    "copy: cut off, without number",
    "copy: scan",
    "copy: day of publication",
    "other: forwarded by a county",
    "other: forwarded on the same day",
    "other: next year",
    "other: adopted elsewhere",
    "other: same day, same place",
    "other: same day, same wording",
    "other: interpretation",
    "other: annex",
    "other: draft for comment",
    "other: wrong number",
];

#[test]
fn copies_are_told_from_what_only_looks_like_them() {
    let material = Material::load();
    let mut draw = Draw(7);
    let mut sources = Vec::new();
    for kind in KINDS {
        for pair in 0..PAIRS {
            let mut plan = Plan::draw(&material, &mut draw);
            let second = second(kind, &mut plan, &material, &mut draw);
            sources.push(Source::text(Some(format!("{kind} {pair:02} a")), plan.page().join("\n")));
            sources.push(Source::text(Some(format!("{kind} {pair:02} b")), second.join("\n")));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path().join("l.tz"), Options::embedded()).unwrap();
    let progress = Progress { on_document: &|_, _, _| (), cancel: &AtomicBool::new(false) };
    let report = ledger.ingest(sources, &progress).unwrap();
    assert_eq!(report.added.len(), 2 * PAIRS * KINDS.len(), "{:?}", report.skipped);

    let table = ledger.copies().unwrap();
    let column = |name| table.values(name).filter_map(|cell| Cell::text(cell).map(str::to_owned)).collect::<Vec<_>>();
    let marked: BTreeMap<String, String> = column("document").into_iter().zip(column("same_as")).collect();
    let (mut right, mut wrong, mut missed) = (0, 0, 0);
    for kind in KINDS {
        let mut found = 0;
        for pair in 0..PAIRS {
            let [a, b] = ["a", "b"].map(|side| format!("{kind} {pair:02} {side}"));
            let is_copy = kind.starts_with("copy");
            let marks = [marked.get(&a), marked.get(&b)];
            match (is_copy, marks) {
                (true, [None, Some(original)]) if *original == a => (right, found) = (right + 1, found + 1),
                (_, [None, None]) => missed += usize::from(is_copy),
                _ => {
                    (wrong, found) = (wrong + 1, found + 1);
                    println!(
                        "wrong: {b} is said to be a copy of {marks:?} {:?}",
                        ledger.document(&b).map(|d| (d.document.title, d.document.number, d.document.issued))
                    );
                }
            }
        }
        println!("{kind}: {found} of {PAIRS} marked");
    }
    let precision = f64::from(right) / f64::from(right + wrong);
    let recall = f64::from(right) / (f64::from(right) + missed as f64);
    println!("{} pairs: precision {precision:.3}, recall {recall:.3}", PAIRS * KINDS.len());
    assert!(precision >= 0.98, "precision {precision}");
    assert!(recall >= 0.95, "recall {recall}");
    ledger.check().unwrap();
}
