//! The vocabulary tables: sound in themselves, and saying of names and places what people mean.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use taizhang::lexicon::{Found, How, Lexicon, Resolution, Tables};

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

#[test]
fn a_clause_is_about_what_its_heading_says() {
    let topics = Lexicon::embedded().topics();
    let classify = |heading, text, section| topics.classify(heading, text, section);
    assert_eq!(classify(Some("深化医保支付方式改革"), "推进按病种付费,做好绩效考核。", None)[0], "payment-reform");
    assert_eq!(classify(None, "推进家庭医生签约服务,完善双向转诊。加强县级医院建设。", None)[0], "tiered-care");
    assert_eq!(classify(None, "制定实施办法。", Some("加强中医药传承创新发展")), ["tcm"], "the section alone");
    assert_eq!(classify(Some("加强组织领导"), "各县要建立工作台账。", None)[0], "implementation", "in every field");
    let none: [&str; 0] = [];
    assert_eq!(classify(Some("建设工业大数据平台"), "推进企业信息化改造,新建信息平台。", None), none, "another field");
    assert_eq!(classify(None, "完成上级交办的其他任务。", None), none);
    assert_eq!(classify(None, "医院按岗位说明办理。", None), none, "one short cue in passing");
    assert_eq!(classify(None, "", None), none);
}

#[test]
fn topics_answer_to_all_their_names() {
    let topics = Lexicon::embedded().topics();
    for query in ["payment-reform", "医保支付方式", "insurance payment methods", "drg"] {
        assert_eq!(topics.by_name(query).map(|t| &*t.id), Ok("payment-reform"), "{query}");
    }
    assert_eq!(topics.by_name("医保支付").unwrap_err()[0], "医保支付方式");
}

#[test]
fn an_own_table_takes_the_place_of_the_embedded_one() {
    let units = "unit,canonical,multiplier,dimension,note,not_before\n斛,升,50,volume,,\n";
    let own = Lexicon::from_tables(Tables::default().with("units", units).unwrap()).unwrap();
    assert_eq!(own.units().get("斛").map(|u| u.multiplier), Some(50.0));
    assert_eq!(own.units().get("元"), None);
    assert_ne!(own.fingerprint(), Lexicon::embedded().fingerprint());
    let broken = Tables::default().with("units", units.replace("50", "viel")).unwrap();
    let error = Lexicon::from_tables(broken).unwrap_err().to_string();
    assert_eq!(error, "lexicon table units.csv, line 2: the multiplier \"viel\" is no positive number");
}

/// A table as maps from column to cell.
fn table(name: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(format!("seeds/{name}.csv")).unwrap_or_else(|e| panic!("{name}: {e}"));
    let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize().collect::<Result<_, _>>();
    rows.unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').filter(|item| !item.is_empty())
}

fn column<'a>(rows: &'a [BTreeMap<String, String>], column: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[column].as_str()).collect()
}

#[test]
fn tables_are_sorted_by_keys_that_stand_once() {
    let keys = [
        ("departments", "id"),
        ("departments_combined", "alias"),
        ("departments_suffix", "suffix"),
        ("terms", "term"),
        ("topics", "id"),
        ("units", "unit"),
        ("zones", "id"),
    ];
    for (name, key) in keys {
        let rows = table(&format!("lexicon/{name}"));
        let keys = column(&rows, key);
        let unsorted = keys.windows(2).find(|pair| pair[0] >= pair[1]);
        assert_eq!(unsorted, None, "{name}.csv");
        assert!(keys.iter().all(|key| !key.is_empty()), "{name}.csv");
    }
    let divisions = table("lexicon/divisions");
    let keys: Vec<_> = divisions.iter().map(|row| (&row["adcode"], &row["valid_from"])).collect();
    assert_eq!(keys.windows(2).find(|pair| pair[0] >= pair[1]), None, "divisions.csv");
}

#[test]
fn one_alias_names_one_function() {
    let departments = table("lexicon/departments");
    let ids: BTreeSet<&str> = column(&departments, "id").into_iter().collect();
    let mut owner = BTreeMap::new();
    for row in &departments {
        for alias in list(&row["aliases"]) {
            let before = owner.insert(alias, row["id"].as_str());
            assert_eq!(before, None, "{alias} stands twice, the second time under {}", row["id"]);
        }
        for id in list(&row["successor"]) {
            assert!(ids.contains(id) && id != row["id"], "{}: successor {id}", row["id"]);
        }
        for pattern in list(&row["patterns"]) {
            assert!(pattern.matches('*').count() <= 1, "{pattern}");
        }
    }
    for row in table("lexicon/departments_combined") {
        let all: Vec<&str> = list(&row["ids"]).collect();
        assert!(all.iter().all(|id| ids.contains(id)), "{}: {all:?}", row["alias"]);
        assert_eq!(owner.get(row["alias"].as_str()), Some(&all[0]), "{}", row["alias"]);
    }
    for row in table("lexicon/departments_suffix") {
        assert!(ids.contains(row["id"].as_str()), "{}", row["suffix"]);
    }
}

/// True for an ISO 8601 date as exact as known, or none.
fn dated(date: &str) -> bool {
    let full = match date.len() {
        0 => return true,
        4 => format!("{date}-01-01"),
        7 => format!("{date}-01"),
        _ => date.to_owned(),
    };
    full.len() == 10 && full.parse::<jiff::civil::Date>().is_ok()
}

#[test]
fn divisions_and_zones_have_sound_dates_parents_and_successors() {
    let divisions = table("lexicon/divisions");
    let codes: BTreeSet<&str> = column(&divisions, "adcode").into_iter().collect();
    for row in &divisions {
        let (from, to) = (row["valid_from"].as_str(), row["valid_to"].as_str());
        assert!(row["adcode"].len() == 6 && row["adcode"].parse::<u32>().is_ok(), "{row:?}");
        assert!(dated(from) && dated(to), "{row:?}");
        assert!(to.is_empty() || from.is_empty() || from < to, "{row:?}");
        assert!(row["adcode"] == "100000" || codes.contains(row["parent"].as_str()), "{row:?}");
        assert!(list(&row["successor"]).all(|code| codes.contains(code)), "{row:?}");
        assert!(!to.is_empty() || row["successor"].is_empty(), "in force, succeeded: {row:?}");
    }
    for pair in divisions.windows(2).filter(|pair| pair[0]["adcode"] == pair[1]["adcode"]) {
        let (ended, begins) = (pair[0]["valid_to"].as_str(), pair[1]["valid_from"].as_str());
        assert!(!ended.is_empty() && ended <= begins, "two names at once: {pair:?}");
    }
    for row in table("lexicon/zones") {
        assert!(codes.contains(row["parent"].as_str()) && dated(&row["established"]), "{row:?}");
    }
}

#[test]
fn zones_and_topics_and_units_say_what_they_must() {
    let mut owner = BTreeMap::new();
    for row in table("lexicon/zones") {
        for name in [row["name"].as_str(), row["short"].as_str()].into_iter().chain(list(&row["aliases"])) {
            let before = owner.insert(name.to_owned(), row["id"].clone());
            assert!(before.as_ref().is_none_or(|id| *id == row["id"]), "{name}: {before:?} and {}", row["id"]);
        }
    }
    for row in table("lexicon/topics") {
        assert!(list(&row["cues"]).count() > 4 && !row["definition"].is_empty(), "{row:?}");
    }
    for row in table("lexicon/terms") {
        let words: BTreeSet<&str> = list(&row["words"]).collect();
        assert_eq!(words.len(), list(&row["words"]).count(), "{row:?}");
        assert!(words.iter().all(|word| word.chars().count() > 1), "{row:?}");
    }
    let units = table("lexicon/units");
    let mut dimensions = BTreeMap::new();
    for row in &units {
        assert!(row["multiplier"].parse::<f64>().is_ok_and(|m| m > 0.0), "{row:?}");
        let before = dimensions.insert(row["canonical"].clone(), row["dimension"].clone());
        assert!(before.as_ref().is_none_or(|d| *d == row["dimension"]), "{row:?}, elsewhere {before:?}");
    }
    assert!(table("lexicon/errata").iter().all(|row| !row["reason"].is_empty()));
}

#[test]
fn the_index_names_the_seed_documents() {
    let rows = table("documents/index");
    assert_eq!(column(&rows, "id"), GOLD);
    for row in rows {
        let gold = json(format!("tests/gold/{}.json", row["id"]));
        let agrees = |cell: &str, field: &Value| any_of(field).iter().any(|value| value.unwrap_or_default() == cell);
        assert!(Path::new("seeds/documents").join(&row["file"]).is_file(), "{row:?}");
        assert!(agrees(&row["title"], &gold["title"]) && agrees(&row["number"], &gold["number"]), "{row:?}");
        assert!(
            agrees(&row["date"], &gold["issued"]) && agrees(&row["place"], &gold["jurisdiction"]["name"]),
            "{row:?}"
        );
    }
}
