//! Counts and cross-tables: what they say is what the rows say.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

mod ledger_toy;

use ledger_toy::*;
use std::collections::{BTreeMap, BTreeSet};
use taizhang::ledger::Ledger;
use taizhang::query::{Counted, Query};
use taizhang::table::{Cell, Table, TableName};

/// Plans of several years and places in several commits, some replaced or removed, one under a code of old.
fn ledger() -> (tempfile::TempDir, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&folder.path().join("l.tz"));
    let id = |n: usize| format!("{:03}", n * 37 % 101);
    for part in (0..50).collect::<Vec<_>>().chunks(9) {
        ingest(&ledger, part.iter().map(|n| text(&id(*n), &plan(*n))).collect());
    }
    ingest(&ledger, vec![text(&id(3), &plan(40)), text("jiangmen", JIANGMEN), text("linfen", LINFEN)]);
    let old = "綦江县任务\n地区：500222 綦江县 county\n一、支付\n1.推进（市文旅局、省卫健委）\n";
    let new = "綦江区任务\n日期：2022-05-01\n地区：500110 綦江区 county\n一、支付\n1.推进支付（市文旅局）\n";
    ingest(&ledger, vec![text("old", old), text("new", new), text("none", "没有地方")]);
    ledger.remove(&id(5)).unwrap();
    (folder, ledger)
}

fn show(cell: Cell<'_>) -> String {
    match cell {
        Cell::Null => "-".to_owned(),
        Cell::Text(text) => text.to_owned(),
        Cell::Int(value) => value.to_string(),
        Cell::Float(value) => value.to_string(),
        Cell::Bool(value) => value.to_string(),
    }
}

fn rows(table: &Table) -> Vec<Vec<String>> {
    table.rows().map(|row| row.into_iter().map(show).collect()).collect()
}

/// Counts by columns of the rows themselves; a column of lists counts for each member.
fn by_hand(ledger: &Ledger, query: &Query, columns: &[&str], counted: Counted) -> BTreeMap<Vec<String>, usize> {
    let mut cells: BTreeMap<Vec<String>, (usize, BTreeSet<String>)> = BTreeMap::new();
    let table = ledger.query(query).unwrap();
    for row in 0..table.len() {
        let mut keys = vec![Vec::new()];
        for name in columns {
            let value = match (show(table.cell(row, name).unwrap()), *name) {
                (code, "adcode") if code == "500222" => "500110".to_owned(),
                (deadline, "deadline") => deadline.chars().take(4).collect(),
                (value, _) => value,
            };
            let members = value.split('、').map(str::to_owned).collect::<Vec<_>>();
            keys = keys
                .into_iter()
                .flat_map(|key| members.iter().map(move |m| [&key[..], std::slice::from_ref(m)].concat()))
                .collect();
        }
        for key in keys {
            let cell = cells.entry(key).or_default();
            cell.0 += 1;
            cell.1.insert(show(table.cell(row, "document").unwrap()));
        }
    }
    let count =
        |(rows, documents): (usize, BTreeSet<String>)| if counted == Counted::Rows { rows } else { documents.len() };
    cells.into_iter().map(|(key, cell)| (key, count(cell))).collect()
}

#[test]
fn a_cross_table_says_what_its_rows_say() {
    use TableName::{Assignments, Clauses, Documents, Targets};
    type Ask = fn(&mut Query);
    let (_folder, ledger) = ledger();
    // Table, filters, dimensions, and the columns that hold the same.
    let cases: &[(TableName, Ask, &[&str], &[&str])] = &[
        (Clauses, |_| (), &["topic"], &["topics"]),
        (Clauses, |_| (), &["place", "topic"], &["adcode", "topics"]),
        (Clauses, |q| q.years = vec![2012, 2022], &["place", "topic"], &["adcode", "topics"]),
        (Clauses, |q| q.place = vec!["500110".into(), "江门".into()], &["place", "topic"], &["adcode", "topics"]),
        (Clauses, |q| q.text = vec!["推进".into()], &["topic", "year"], &["topics", "year"]),
        (Clauses, |_| (), &["level"], &["level"]),
        (Clauses, |q| q.function = vec!["radio-tv".into()], &["topic"], &["topics"]),
        (Documents, |_| (), &["year"], &["year"]),
        (Documents, |_| (), &["document"], &["document"]),
        (Assignments, |_| (), &["function"], &["functions"]),
        (Assignments, |_| (), &["function", "role"], &["functions", "role"]),
        (Assignments, |q| q.role = vec!["lead".into()], &["role", "place"], &["role", "adcode"]),
        (Assignments, |_| (), &["implied", "part"], &["implied", "part"]),
        (Targets, |_| (), &["unit", "due", "op"], &["unit", "deadline", "op"]),
        (Targets, |q| q.value_from = Some(13.0), &["indicator", "year"], &["indicator", "year"]),
    ];
    for (table, set, by, columns) in cases {
        let mut query = Query::new(*table);
        set(&mut query);
        let names: Vec<String> = by.iter().map(|name| (*name).to_owned()).collect();
        for counted in [Counted::Rows, Counted::Documents] {
            let found = ledger.cross(&query, &names, counted).unwrap();
            let wanted = by_hand(&ledger, &query, columns, counted);
            let shown: Vec<&str> = found.column_names();
            let kept: Vec<usize> =
                (0..shown.len()).filter(|at| !(shown[*at] == "place" && by.contains(&"place"))).collect();
            let pairs: Vec<(Vec<String>, usize)> = rows(&found)
                .into_iter()
                .map(|row| kept.iter().map(|at| row[*at].clone()).collect::<Vec<_>>())
                .map(|mut row| (row.pop().unwrap().parse().unwrap(), row))
                .map(|(count, row)| (row, count))
                .collect();
            assert!(!wanted.is_empty(), "{by:?}");
            assert_eq!(
                pairs.iter().cloned().collect::<BTreeMap<_, _>>(),
                wanted,
                "{} by {by:?} {counted:?}",
                table.as_str()
            );
            assert_eq!(pairs.len(), wanted.len(), "each cell once: {by:?}");
        }
    }
}

#[test]
fn functions_of_facts_are_those_of_their_clause() {
    let (_folder, ledger) = ledger();
    let mut query = Query::new(TableName::Clauses);
    query.document = vec!["jiangmen".into(), "old".into()];
    let found = ledger.cross(&query, &["function".into()], Counted::Rows).unwrap();
    let wanted = [["culture-tourism", "2"], ["health", "3"], ["health-insurance", "1"], ["radio-tv", "2"], ["-", "1"]];
    assert_eq!(rows(&found), wanted);
    query.table = TableName::Targets;
    let found = ledger.cross(&query, &["body".into(), "role".into()], Counted::Rows).unwrap();
    assert_eq!(rows(&found), [["市卫健局", "lead", "1"]]);
}

#[test]
fn a_place_is_counted_under_the_code_in_force() {
    let (_folder, ledger) = ledger();
    let query = Query { within: vec!["500000".into()], ..Query::new(TableName::Documents) };
    let found = ledger.cross(&query, &["place".into(), "year".into()], Counted::Rows).unwrap();
    assert_eq!(found.column_names(), ["adcode", "place", "year", "count"]);
    assert_eq!(rows(&found), [["500110", "綦江区", "2022", "1"], ["500110", "綦江区", "-", "1"]]);
}

#[test]
fn what_cannot_be_counted_by_is_said() {
    let (_folder, ledger) = ledger();
    let ask = |table, by: &[&str]| {
        let by: Vec<String> = by.iter().map(|name| (*name).to_owned()).collect();
        ledger.cross(&Query::new(table), &by, Counted::Rows).unwrap_err().to_string()
    };
    assert!(ask(TableName::Documents, &["function"]).contains("documents cannot be counted by \"function\""));
    assert!(ask(TableName::Clauses, &["text"]).contains("cannot be counted by \"text\""));
    assert!(ask(TableName::Clauses, &["unit"]).contains("cannot be counted by \"unit\""));
    assert!(ask(TableName::Clauses, &[]).contains("one to 4"));
    assert!(ask(TableName::Clauses, &["year", "year"]).contains("twice"));
}

#[test]
fn functions_of_one_clause_are_a_pair() {
    let (_folder, ledger) = ledger();
    let mut query = Query::new(TableName::Assignments);
    let all = ledger.network(&query).unwrap();
    assert_eq!(all.column_names(), ["function_a", "function_b", "clauses", "documents"]);
    // By hand: the functions of each clause, in pairs.
    let assignments = ledger.query(&query).unwrap();
    let mut clauses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in assignments.rows() {
        let functions = clauses.entry(show(row[1])).or_default();
        functions.extend(row[6].text().into_iter().flat_map(|list| list.split('、')).map(str::to_owned));
    }
    let mut pairs: BTreeMap<(String, String), (usize, BTreeSet<String>)> = BTreeMap::new();
    for (clause, functions) in clauses {
        for a in &functions {
            for b in functions.range(a.clone()..).skip(1) {
                let pair = pairs.entry((a.clone(), b.clone())).or_default();
                pair.0 += 1;
                pair.1.insert(clause.split('#').next().unwrap().to_owned());
            }
        }
    }
    let wanted: Vec<Vec<String>> =
        pairs.into_iter().map(|((a, b), (n, of))| vec![a, b, n.to_string(), of.len().to_string()]).collect();
    assert!(wanted.len() > 3);
    assert_eq!(rows(&all), wanted);
    query.function = vec!["radio-tv".into()];
    let some = ledger.network(&query).unwrap();
    assert_eq!(rows(&some), wanted.into_iter().filter(|row| row.contains(&"radio-tv".to_owned())).collect::<Vec<_>>());
    query.implied = Some(true);
    assert!(ledger.network(&query).unwrap().is_empty());
}

#[test]
fn a_stream_gives_every_row_once() {
    let (_folder, ledger) = ledger();
    for query in [
        Query::new(TableName::Assignments),
        Query {
            years: vec![2012],
            columns: vec!["document".into(), "body".into()],
            ..Query::new(TableName::Assignments)
        },
        Query { limit: Some(17), ..Query::new(TableName::Clauses) },
    ] {
        let stream = ledger.stream(&query).unwrap();
        let schema = stream.schema().clone();
        let pieces: Vec<_> = stream.map(Result::unwrap).collect();
        let mut given = rows(&Table::new(schema, pieces.clone()));
        let whole = ledger.query(&query).unwrap();
        assert_eq!(given.len(), whole.len());
        if query.limit.is_none() {
            assert!(pieces.len() > 1 || query.years == [2012]);
            let mut all = rows(&whole);
            given.sort();
            all.sort();
            assert_eq!(given, all);
        }
    }
    let ordered = Query { order: vec![("value".into(), true)], ..Query::new(TableName::Targets) };
    assert!(ledger.stream(&ordered).unwrap_err().to_string().contains("no order"));
}
