//! Groups with other names of the same kind: departments and places drawn from the tables (the same draw every time)
//! stand where a few patterns of groups have them, and must come out whole, in order, with their functions.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use taizhang::facts::Context;
use taizhang::facts::group::{Rules, extract};
use taizhang::lexicon::{How, Lexicon};
use taizhang::text::Passage;

/// A small generator, so that the draw is the same everywhere.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

fn column(table: &str, wanted: impl Fn(&csv::StringRecord) -> Vec<String>) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    reader.records().flat_map(|row| wanted(&row.unwrap())).collect()
}

/// Bureaus' names without place or level, as their aliases are.
fn bureaus() -> Vec<String> {
    let kinds = ["department", "judicial", "mass-organisation", "party"];
    column(include_str!("../seeds/lexicon/departments.csv"), |row| {
        let names = row[4].split(';').filter(|name| {
            let first = ["各", "有关", "相关", "委", "国", "中", "全国", "最高", "市", "省", "区", "县", "人民"];
            kinds.contains(&&row[3])
                && &row[0] != "party-committee"
                && name.chars().count() > 2
                && name.ends_with(['局', '委', '办', '厅', '会'])
                && !name.contains(['（', '、'])
                && !name.contains("总局")
                && !name.contains("总会")
                && !(name.contains('团') && name.ends_with('委'))
                && !name.contains("市政")
                && !name.contains("民主党派")
                && !first.iter().any(|word| name.starts_with(word))
        });
        names.map(ToOwned::to_owned).collect()
    })
}

fn counties() -> Vec<String> {
    let registry = Lexicon::embedded().departments();
    column(include_str!("../seeds/lexicon/divisions.csv"), |row| {
        let today = &row[3] == "county" && row[7].is_empty();
        let place = registry.resolve(&row[1]).is_some_and(|found| found.how == How::Place);
        if today && place { vec![row[1].to_owned()] } else { Vec::new() }
    })
}

fn read(text: &str) -> Vec<(String, Vec<String>)> {
    let passage = Passage::from_text(text);
    let groups = extract(&passage, 0, &mut Rules::default(), Lexicon::embedded(), &Context::default());
    groups.into_iter().flat_map(|group| group.bodies).map(|body| (body.name, body.functions)).collect()
}

#[test]
fn any_bureau_is_read_whole() {
    let bureaus = bureaus();
    assert!(bureaus.len() > 2000, "{}", bureaus.len());
    let registry = Lexicon::embedded().departments();
    let mut draw = Draw(7);
    let mut failed = Vec::new();
    for round in 0..1200 {
        let head = ["市", "省", "县", "自治区", "各区"][round % 5];
        let [a, b, c] = [draw.of(&bureaus), draw.of(&bureaus), draw.of(&bureaus)];
        if a == b || b == c || a == c {
            continue;
        }
        // Every other list says its head once.
        let more = if round % 2 == 0 && head != "各区" { "" } else { head };
        let (first, second, third) = (format!("{head}{a}"), format!("{more}{b}"), format!("{more}{c}"));
        let text = match draw.below(6) {
            0 => format!("做好工作。（{first}、{second}、{third}按职责分工负责）"),
            1 => format!("做好工作。（牵头单位：{first}；责任单位：{second}、{third}等）"),
            2 => format!("做好工作。（{first}牵头，{second}和{third}配合）"),
            3 => format!("做好工作。\n责任单位：{first}、{second}以及{third}"),
            4 => format!("做好工作。（{first}、{second}，{third}负责）"),
            _ => format!("做好工作。（{first}牵头、{second}、{third}参与）"),
        };
        let read = read(&text);
        let names: Vec<&str> = read.iter().map(|(name, _)| name.as_str()).collect();
        if names != [format!("{head}{a}"), format!("{head}{b}"), format!("{head}{c}")] {
            failed.push(format!("{text} {names:?}"));
        }
        for (name, functions) in &read {
            assert_eq!(*functions, registry.resolve(name).map_or(Vec::new(), |found| found.functions), "{name}");
        }
    }
    assert!(failed.is_empty(), "{} failed\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn any_place_is_read_whole() {
    let counties = counties();
    assert!(counties.len() > 2500, "{}", counties.len());
    let mut draw = Draw(8);
    let mut failed = Vec::new();
    for _ in 0..800 {
        let (a, b, c) = (draw.of(&counties), draw.of(&counties), draw.of(&counties));
        if a == b || b == c || a == c {
            continue;
        }
        let (text, names) = match draw.below(3) {
            0 => (
                format!("（{a}、{b}、{c}人民政府，市卫生健康局负责）"),
                vec![format!("{a}人民政府"), format!("{b}人民政府"), format!("{c}人民政府"), "市卫生健康局".into()],
            ),
            1 => (
                format!("（责任单位：{a}教育局、卫生健康局，{b}财政局）"),
                vec![format!("{a}教育局"), format!("{a}卫生健康局"), format!("{b}财政局")],
            ),
            _ => (
                format!("（市教育局、{a}、{b}和{c}政府按职责分工负责）"),
                vec!["市教育局".into(), format!("{a}政府"), format!("{b}政府"), format!("{c}政府")],
            ),
        };
        let read: Vec<String> = read(&format!("做好工作。{text}")).into_iter().map(|(name, _)| name).collect();
        if read != names {
            failed.push(format!("{text} {read:?}"));
        }
    }
    assert!(failed.is_empty(), "{} failed\n{}", failed.len(), failed.join("\n"));
}
