//! The vocabulary tables: sound in themselves, and saying of names and places what people mean.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use taizhang::lexicon::{How, Lexicon};

fn json(path: impl AsRef<Path>) -> Value {
    let path = path.as_ref();
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn bodies_have_the_functions_of_the_spec() {
    let departments = Lexicon::embedded().departments();
    let mut wrong = Vec::new();
    for case in json("tests/specs/body_function.json").as_array().unwrap() {
        let text = case["text"].as_str().unwrap();
        let expect: Vec<&str> = case["expect"].as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect();
        let found = departments.resolve(text);
        let functions = found.as_ref().map(|r| r.functions.clone()).unwrap_or_default();
        if functions != expect {
            wrong.push(format!("{text}: {found:?} instead of {expect:?}"));
        }
        let known = case["known"].as_bool().unwrap_or(!expect.is_empty());
        if departments.known(text) != known {
            wrong.push(format!("{text}: known should be {known}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const GOLD: [&str; 5] = ["hubei-2024", "jiangmen-2019", "linfen-2022", "national-2023h2", "qijiang-2022"];

fn any_of(value: &Value) -> Vec<Option<&str>> {
    value.as_array().map_or_else(|| vec![value.as_str()], |list| list.iter().map(Value::as_str).collect())
}

#[test]
fn every_body_of_the_gold_has_its_function() {
    let departments = Lexicon::embedded().departments();
    let (mut right, mut wrong, mut how) = (0, Vec::new(), BTreeMap::new());
    for id in GOLD {
        let document = json(format!("tests/gold/{id}.json"));
        for clause in document["clauses"].as_array().unwrap() {
            for assignment in clause["assignments"].as_array().into_iter().flatten() {
                let Some(function) = assignment.get("function") else { continue };
                for body in any_of(&assignment["body"]).into_iter().flatten().take(1) {
                    let found = departments.resolve(body);
                    let main = found.as_ref().and_then(|r| r.functions.first().copied());
                    *how.entry(found.as_ref().map(|r| r.how)).or_insert(0) += 1;
                    if any_of(function).contains(&main) {
                        right += 1;
                    } else {
                        wrong.push(format!("{body}: {found:?} instead of {function}"));
                    }
                }
            }
        }
    }
    println!("{right} of {} right; {how:?}", right + wrong.len());
    assert!(right > 500 && wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(how.get(&Some(How::Suffix)), None, "nothing by its ending alone");
}

#[test]
fn a_name_keeps_its_and() {
    let departments = Lexicon::embedded().departments();
    let one = [
        ("人力资源", "和", "社会保障局"),
        ("市自然资源", "和", "规划局"),
        ("工业", "和", "信息化部"),
        ("文化", "和", "旅游部"),
        ("省粮食", "和", "物资储备局"),
        ("县科技", "和", "大数据应用局"),
    ];
    let two = [
        ("市财政局", "和", "市审计局"),
        ("省发展改革委", "与", "省能源局"),
        ("各市", "和", "有关部门"),
        ("市委组织部", "和", "市委编办"),
        ("公安机关", "和", "检察机关"),
    ];
    for (left, joint, right) in one {
        assert!(departments.and_inside_name(left, joint, right), "{left}{joint}{right} is one body");
    }
    for (left, joint, right) in two {
        assert!(!departments.and_inside_name(left, joint, right), "{left}{joint}{right} are two bodies");
    }
}

#[test]
fn names_run_together_are_cut_after_the_longest() {
    let departments = Lexicon::embedded().departments();
    let cases = [
        ("市卫生健康局市财政局", Some("市卫生健康局")),
        ("市委组织部市委编办", Some("市委组织部")),
        ("国家税务总局绍兴市税务局市财政局", Some("国家税务总局绍兴市税务局")),
        ("推进改革", None),
    ];
    for (text, prefix) in cases {
        let found = departments.longest_known_prefix(text).map(|end| &text[..end]);
        assert_eq!(found, prefix, "{text}");
    }
}

#[test]
fn functions_answer_to_all_their_names() {
    let departments = Lexicon::embedded().departments();
    for query in ["health-insurance", "Health_Insurance", "医疗保障", "市医保局", "国家医疗保障局", "Health Insurance"]
    {
        assert_eq!(departments.by_name(query).map(|f| &*f.id), Ok("health-insurance"), "{query}");
    }
    let suggestions = departments.by_name("helth").unwrap_err();
    assert_eq!(suggestions.first().map(String::as_str), Some("health"));
}
