//! The vocabulary tables: sound in themselves, and saying of names and places what people mean.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use taizhang::lexicon::{Found, How, Lexicon, Resolution};

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

#[test]
fn places_are_those_of_the_spec() {
    let lexicon = Lexicon::embedded();
    let places = lexicon.places();
    let mut wrong = Vec::new();
    for case in json("tests/specs/place.json").as_array().unwrap() {
        let (text, on) = (case["text"].as_str().unwrap(), case["on"].as_str());
        let mut suggestions = Vec::new();
        let found = match case["rule"].as_str().unwrap() {
            "resolve" => match places.resolve(text, on) {
                Resolution::One(found) => vec![found],
                Resolution::Ambiguous(found) => found,
                Resolution::Unknown(names) => {
                    suggestions = names;
                    vec![]
                }
            },
            "prefix" => places.find_prefix(text, on).into_iter().map(|prefix| prefix.found).collect(),
            "issuer" => lexicon.issuer_place(text, on),
            "number" => {
                let found = places.from_number_prefix(text, case["hint"].as_str());
                found.into_iter().map(|place| Found { place, zone: None, former: None }).collect()
            }
            rule => panic!("{rule}"),
        };
        let codes: Vec<&str> = found.iter().map(|f| &*f.place.adcode).collect();
        let expect: Vec<&str> = case["expect"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
        let name = case["name"].as_str().is_none_or(|name| found.iter().all(|f| *f.place.name == *name));
        let zone = found.iter().all(|f| f.zone.map(|z| &*z.id) == case["zone"].as_str());
        let suggests = case["suggests"].as_str().is_none_or(|name| suggestions.iter().any(|s| s == name));
        if codes != expect || !name || !zone || !suggests {
            wrong.push(format!("{text}: {found:#?} {suggestions:?} instead of {case}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn issuers_of_the_gold_are_where_their_plan_applies() {
    let lexicon = Lexicon::embedded();
    for id in GOLD {
        let document = json(format!("tests/gold/{id}.json"));
        let code = document["jurisdiction"]["adcode"].as_str().unwrap();
        for issuer in document["issuers"].as_array().unwrap() {
            let issuer = issuer.as_str().unwrap();
            let found = lexicon.issuer_place(issuer, None);
            let codes: Vec<&str> = found.iter().map(|f| &*f.place.adcode).collect();
            assert_eq!(codes, [code], "{issuer}");
        }
        for number in any_of(&document["number"]).into_iter().flatten() {
            let letters = number.split('〔').next().unwrap();
            let all = lexicon.places().from_number_prefix(letters, None);
            assert!(all.iter().any(|place| *place.adcode == *code), "{letters}");
        }
    }
}

#[test]
fn codes_lie_in_their_parents_not_in_their_digits() {
    let places = Lexicon::embedded().places();
    assert!(
        places.within("320302", "320300") && places.within("320302", "320000") && places.within("320302", "100000")
    );
    assert!(places.within("469002", "460000"), "a county-level city under its province");
    assert!(!places.within("320302", "320500") && !places.within("320000", "320302") && !places.within("", "320000"));
    let above: Vec<&str> = places.ancestors("320302").map(|place| &*place.name).collect();
    assert_eq!(above, ["徐州市", "江苏省", "全国"]);
}

#[test]
fn places_are_found_in_running_text() {
    let places = Lexicon::embedded().places();
    let text = "支持苏州、无锡和江苏省徐州市鼓楼区先行,推进新华社区建设";
    let found: Vec<&str> =
        places.mentions(text, None).iter().map(|(at, found)| &text[*at..at + found[0].len]).collect();
    assert_eq!(found, ["苏州", "无锡", "江苏省徐州市鼓楼区"]);
}
