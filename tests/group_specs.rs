//! The spec tables of groups and bodies (tests/specs/group.json, body.json), case by case.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use serde::Deserialize;
use taizhang::facts::group::{Rules, bodies, extract};
use taizhang::facts::{Context, Role};
use taizhang::lexicon::Lexicon;
use taizhang::text::Passage;

#[derive(Deserialize)]
struct Table<C> {
    cases: Vec<C>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct GroupCase {
    text: Texts,
    groups: Vec<Group>,
    implied: Option<Vec<String>>,
    why: Option<String>,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Group {
    bodies: Vec<String>,
    #[serde(default)]
    open: bool,
    time_limit: Option<String>,
    #[serde(default)]
    own_line: bool,
}

#[derive(Deserialize)]
struct BodyCase {
    list: String,
    names: Vec<String>,
    printed: Option<Vec<String>>,
    functions: Option<Vec<String>>,
    #[serde(default)]
    negative: bool,
    why: Option<String>,
}

fn table<C: for<'a> Deserialize<'a>>(json: &str) -> Vec<C> {
    serde_json::from_str::<Table<C>>(json).unwrap().cases
}

fn word(role: Role) -> &'static str {
    match role {
        Role::Lead => "lead",
        Role::Responsible => "responsible",
        Role::Cooperating => "cooperating",
        Role::Supervising => "supervising",
    }
}

#[test]
fn groups() {
    let cases: Vec<GroupCase> = table(include_str!("specs/group.json"));
    let negative = cases.iter().filter(|case| case.groups.is_empty()).count();
    assert!(cases.len() >= 40 && negative * 3 >= cases.len(), "{} cases, {negative} negative", cases.len());
    let mut failed = Vec::new();
    for case in cases {
        let texts = match case.text {
            Texts::One(text) => vec![text],
            Texts::Many(texts) => texts,
        };
        assert!(!case.groups.is_empty() || case.why.is_some(), "{texts:?}: a negative case says why");
        let mut rules = Rules::default();
        let mut read = Vec::new();
        for (clause, text) in texts.iter().enumerate() {
            let passage = Passage::from_text(text);
            for (at, group) in extract(&passage, clause as u32, &mut rules, Lexicon::embedded(), &Context::default())
                .iter()
                .enumerate()
            {
                assert_eq!(group.part as usize, at + 1, "{text}");
                assert!(group.bodies.iter().all(|body| !body.why.is_empty()));
                read.push(Group {
                    bodies: group.bodies.iter().map(|body| format!("{} {}", body.name, word(body.role))).collect(),
                    open: group.open,
                    time_limit: group.time_limit.clone().map(|range| passage.get(range).to_owned()),
                    own_line: group.own_line,
                });
            }
        }
        // Whether a bracket that opens a clause is a line of its own matters only where the case says so.
        let said = case.groups.iter().any(|group| group.own_line);
        let read: Vec<Group> =
            read.into_iter().map(|group| Group { own_line: said && group.own_line, ..group }).collect();
        let implied: Vec<String> =
            rules.implied.iter().map(|body| format!("{} {}", body.name, word(body.role))).collect();
        if read != case.groups || case.implied.as_ref().is_some_and(|wanted| *wanted != implied) {
            failed.push(format!(
                "{texts:?}\n  wanted {:?} {:?}\n  read   {read:?} {implied:?}",
                case.groups, case.implied
            ));
        }
    }
    assert!(failed.is_empty(), "{} failed\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn names_of_bodies() {
    let cases: Vec<BodyCase> = table(include_str!("specs/body.json"));
    let negative = cases.iter().filter(|case| case.negative).count();
    assert!(cases.len() >= 30 && negative * 3 >= cases.len(), "{} cases, {negative} negative", cases.len());
    let mut failed = Vec::new();
    for case in cases {
        assert!(!case.negative || case.why.is_some(), "{}: a negative case says why", case.list);
        let passage = Passage::from_text(&case.list);
        let (read, _) = bodies(&passage, 0..passage.text().len(), Role::Responsible, Lexicon::embedded());
        let names: Vec<String> = read.iter().map(|body| body.name.clone()).collect();
        let printed: Vec<&str> = read.iter().map(|body| passage.get(body.printed.clone())).collect();
        let functions: Vec<&str> = read.iter().map(|body| body.functions.first().map_or("", String::as_str)).collect();
        let fits = names == case.names
            && case.printed.as_ref().is_none_or(|wanted| *wanted == printed)
            && case.functions.as_ref().is_none_or(|wanted| *wanted == functions);
        if !fits {
            failed.push(format!(
                "{}\n  wanted {:?}\n  read   {names:?} {printed:?} {functions:?}",
                case.list, case.names
            ));
        }
    }
    assert!(failed.is_empty(), "{} failed\n{}", failed.len(), failed.join("\n"));
}
