//! Questions and their answers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

mod ledger_toy;

use ledger_toy::*;
use taizhang::compare::Selection;
use taizhang::ledger::Ledger;
use taizhang::query::Query;
use taizhang::table::{Cell, Table, TableName};

fn ledger() -> (tempfile::TempDir, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&folder.path().join("l.tz"));
    // In two commits, and the ids not in the order in which they came.
    let first = vec![with(text("jiangmen", JIANGMEN), &[("tier", "三线")]), text("guangdong", GUANGDONG)];
    ingest(&ledger, first);
    ingest(&ledger, vec![text("hebei", "河北"), text("linfen", LINFEN)]);
    (folder, ledger)
}

fn ask(ledger: &Ledger, table: TableName, ask: impl Fn(&mut Query)) -> Table {
    let mut query = Query::new(table);
    ask(&mut query);
    let answer = ledger.query(&query).unwrap();
    assert_eq!(ledger.count(&query).unwrap(), answer.len() as u64);
    answer
}

fn column(table: &Table, name: &str) -> Vec<String> {
    let show = |cell: Cell<'_>| match cell {
        Cell::Null => "-".to_owned(),
        Cell::Text(text) => text.to_owned(),
        Cell::Int(value) => value.to_string(),
        Cell::Float(value) => value.to_string(),
        Cell::Bool(value) => value.to_string(),
    };
    table.values(name).map(show).collect()
}

#[test]
fn answers_have_the_columns_of_the_schema() {
    let (_folder, ledger) = ledger();
    for table in TableName::ALL {
        let answer = ask(&ledger, table, |_| ());
        let names: Vec<&str> = table.columns().iter().map(|c| c.name).collect();
        let found = answer.column_names();
        assert_eq!(found[..names.len()], names, "{}", table.as_str());
        assert_eq!(found[names.len()..], if table == TableName::Documents { vec!["tier"] } else { vec![] });
        for (field, column) in answer.schema().fields().iter().zip(table.columns()) {
            assert_eq!(field.data_type(), &column.kind.arrow());
        }
    }
}

#[test]
fn rows_come_by_document_id_then_in_text_order() {
    let (_folder, ledger) = ledger();
    let clauses = ask(&ledger, TableName::Clauses, |_| ());
    assert_eq!(
        column(&clauses, "clause"),
        ["guangdong#1", "jiangmen#1", "jiangmen#2", "jiangmen#3", "jiangmen#4", "linfen#1", "linfen#2"]
    );
    assert_eq!(column(&clauses, "path"), ["1.1", "1.1", "1.2", "2.3", "2.4", "1.1", "1.2"]);
    assert_eq!(column(&clauses, "section")[3..6], ["其他", "其他", "支付方式"]);
    assert_eq!(column(&clauses, "text")[4], "做好宣传（市文旅局）工作", "the removed line break is left out");
    assert_eq!(column(&clauses, "topic")[..2], ["-", "payment"]);
    assert_eq!(column(&clauses, "topics")[1], "payment、insurance");
    let limited = ask(&ledger, TableName::Clauses, |q| q.limit = Some(3));
    assert_eq!(column(&limited, "clause"), ["guangdong#1", "jiangmen#1", "jiangmen#2"]);
    let ordered = ask(&ledger, TableName::Targets, |q| {
        q.order = vec![("value".into(), true)];
        q.columns = vec!["text".into()];
        q.limit = Some(1);
    });
    assert_eq!((column(&ordered, "text"), ordered.column_names()), (vec!["覆盖率达到90%".to_owned()], vec!["text"]));
}

#[test]
fn a_row_carries_its_place_and_span() {
    let (_folder, ledger) = ledger();
    let assignments = ask(&ledger, TableName::Assignments, |q| q.document = vec!["jiangmen".into()]);
    assert_eq!(column(&assignments, "body"), ["市医保局", "市卫健局", "市卫健局", "市文旅局"]);
    assert_eq!(column(&assignments, "role"), ["lead", "responsible", "lead", "lead"]);
    assert_eq!(column(&assignments, "function")[3], "culture-tourism");
    assert_eq!(column(&assignments, "functions")[3], "culture-tourism、radio-tv");
    assert_eq!(column(&assignments, "path"), ["1.1", "1.1", "1.2", "2.4"]);
    assert_eq!(column(&assignments, "place"), ["江门市"; 4]);
    assert_eq!(column(&assignments, "year"), ["2019"; 4]);
    assert_eq!(column(&assignments, "why")[0], "group.toy、role.toy");
    let text = ledger.document("jiangmen").unwrap().text;
    for row in 0..assignments.len() {
        let point = |name| assignments.cell(row, name).unwrap().int().unwrap() as u32;
        let span = taizhang::text::Span::new(point("start"), point("end"));
        assert_eq!(Some(text.slice(span)), assignments.cell(row, "body").unwrap().text());
    }
    let documents = ask(&ledger, TableName::Documents, |q| q.document = vec!["jiangmen".into()]);
    for (name, value) in [
        ("document", "jiangmen"),
        ("title", "江门市任务"),
        ("number", "江府办〔2019〕13号"),
        ("adcode", "440700"),
        ("level", "prefecture"),
        ("plan_year", "2019"),
        ("version", "1"),
        ("clauses", "4"),
        ("assignments", "4"),
        ("targets", "1"),
        ("milestones", "1"),
        ("citations", "1"),
        ("tier", "三线"),
        ("issuers", "-"),
        ("reading", "rules 1 and lexicon 0000000000000abc"),
    ] {
        assert_eq!(column(&documents, name), [value], "{name}");
    }
}

#[test]
fn filters_leave_what_they_say() {
    type Ask = fn(&mut Query);
    use TableName::{Assignments, Citations, Clauses, Documents, Milestones, Notes, Sections, Targets};
    let (_folder, ledger) = ledger();
    let cases: &[(&str, TableName, Ask, &str, &[&str])] = &[
        ("place", Documents, |q| q.place = vec!["江门".into()], "id", &["jiangmen"]),
        ("place is not what lies below", Documents, |q| q.place = vec!["440000".into()], "id", &["guangdong"]),
        ("within", Documents, |q| q.within = vec!["440000".into()], "id", &["guangdong", "jiangmen"]),
        ("within all", Documents, |q| q.within = vec!["100000".into()], "id", &["guangdong", "jiangmen", "linfen"]),
        ("two places", Documents, |q| q.place = vec!["江门".into(), "141000".into()], "id", &["jiangmen", "linfen"]),
        ("years", Documents, |q| q.years = vec![2019, 2022], "id", &["jiangmen", "linfen"]),
        ("year range", Documents, |q| (q.year_from, q.year_to) = (Some(2019), Some(2021)), "id", &["jiangmen"]),
        ("level", Documents, |q| q.level = vec!["province".into()], "id", &["guangdong"]),
        ("metadata", Documents, |q| drop(q.metadata.insert("tier".into(), vec!["三线".into()])), "id", &["jiangmen"]),
        (
            "metadata of facts",
            Targets,
            |q| drop(q.metadata.insert("tier".into(), vec!["三线".into()])),
            "document",
            &["jiangmen"],
        ),
        ("text of documents", Documents, |q| q.text = vec!["临汾".into()], "id", &["linfen"]),
        ("text", Clauses, |q| q.text = vec!["推进".into(), "卫健".into()], "clause", &["jiangmen#1"]),
        ("text over a line break", Clauses, |q| q.text = vec!["工作".into()], "clause", &["jiangmen#4"]),
        (
            "text in the other script",
            Clauses,
            |q| q.text = vec!["簽約".into(), "８０％".into()],
            "clause",
            &["jiangmen#2"],
        ),
        (
            "without in the other script",
            Clauses,
            |q| q.without = vec!["衛健".into()],
            "clause",
            &["jiangmen#3", "jiangmen#4", "linfen#1", "linfen#2"],
        ),
        ("documents in the other script", Documents, |q| q.text = vec!["臨汾".into()], "id", &["linfen"]),
        ("text with a blank", Targets, |q| q.text = vec!["签约 覆盖率".into()], "clause", &["jiangmen#2"]),
        ("any", Clauses, |q| q.any = vec!["宣传".into(), "督促".into()], "clause", &["guangdong#1", "jiangmen#4"]),
        ("without", Clauses, |q| q.without = vec!["市".into()], "clause", &["jiangmen#3"]),
        (
            "text of assignments is the clause's",
            Assignments,
            |q| q.text = vec!["推进".into()],
            "clause",
            &["jiangmen#1", "jiangmen#1", "linfen#1"],
        ),
        ("text of targets is their own", Targets, |q| q.text = vec!["卫健".into()], "clause", &[]),
        (
            "function by name",
            Assignments,
            |q| q.function = vec!["医保".into()],
            "clause",
            &["jiangmen#1", "linfen#1", "linfen#2"],
        ),
        ("second function", Assignments, |q| q.function = vec!["radio-tv".into()], "clause", &["jiangmen#4"]),
        (
            "body and role",
            Assignments,
            |q| (q.body, q.role) = (vec!["市卫健局".into()], vec!["lead".into()]),
            "clause",
            &["jiangmen#2"],
        ),
        (
            "clauses that a function has a part in",
            Clauses,
            |q| q.function = vec!["health".into()],
            "clause",
            &["guangdong#1", "jiangmen#1", "jiangmen#2"],
        ),
        (
            "one assignment must be all that is asked",
            Clauses,
            |q| (q.function, q.role) = (vec!["health".into()], vec!["lead".into()]),
            "clause",
            &["guangdong#1", "jiangmen#2"],
        ),
        (
            "clauses of explicit assignments",
            Clauses,
            |q| (q.body, q.implied) = (vec!["市医保局".into()], Some(false)),
            "clause",
            &["jiangmen#1", "linfen#1", "linfen#2"],
        ),
        ("nobody's clauses", Clauses, |q| q.body = vec!["市教育局".into()], "clause", &[]),
        ("targets of a body", Targets, |q| q.body = vec!["市卫健局".into()], "clause", &["jiangmen#2"]),
        ("citations of a role", Citations, |q| q.role = vec!["lead".into()], "clause", &[]),
        (
            "a document that is not there",
            Clauses,
            |q| q.document = vec!["linfen".into(), "no-such".into()],
            "clause",
            &["linfen#1", "linfen#2"],
        ),
        (
            "clauses within documents",
            Clauses,
            |q| (q.document, q.clause) = (vec!["linfen".into()], vec!["linfen#2".into(), "jiangmen#1".into()]),
            "clause",
            &["linfen#2"],
        ),
        ("topic", Clauses, |q| q.topic = vec!["insurance".into()], "clause", &["jiangmen#1", "linfen#1"]),
        (
            "topic of facts",
            Assignments,
            |q| q.topic = vec!["payment".into()],
            "clause",
            &["jiangmen#1", "jiangmen#1", "linfen#1"],
        ),
        ("kind", Clauses, |q| q.kind = vec!["preamble".into()], "clause", &[]),
        ("clause", Assignments, |q| q.clause = vec!["jiangmen#4".into()], "body", &["市文旅局"]),
        ("implied", Assignments, |q| q.implied = Some(true), "body", &[]),
        ("due", Targets, |q| q.due = Some(2025), "clause", &["jiangmen#2", "linfen#2"]),
        ("due in a month of the year", Milestones, |q| q.due = Some(2020), "text", &["2020年完成《实施意见》"]),
        ("not due", Milestones, |q| q.due = Some(2021), "text", &[]),
        (
            "value",
            Targets,
            |q| (q.value_from, q.unit, q.op) = (Some(85.0), vec!["%".into()], vec!["=".into()]),
            "clause",
            &["linfen#2"],
        ),
        ("citations", Citations, |q| q.text = vec!["意见".into()], "title", &["实施意见"]),
        ("sections", Sections, |q| q.text = vec!["支付".into()], "path", &["1", "1"]),
        ("notes", Notes, |q| q.kind = vec!["no-such".into()], "message", &[]),
    ];
    for (what, table, set, name, expected) in cases {
        assert_eq!(column(&ask(&ledger, *table, set), name), *expected, "{what}");
    }
}

#[test]
fn a_text_in_either_form_is_found_and_given_as_it_is_printed() {
    let (_folder, ledger) = ledger();
    ingest(&ledger, vec![text("macau", "澳門任務\n一、醫療\n1.做好醫\n療保障（某局）達８０％\n")]);
    for words in ["医疗保障", "醫療保障", "达80%", "達８０％"] {
        let found = ask(&ledger, TableName::Clauses, |q| q.text = vec![words.into()]);
        assert_eq!(column(&found, "clause"), ["macau#1"], "{words}");
        assert_eq!(column(&found, "text"), ["做好醫療保障（某局）達８０％"], "{words}");
        let documents = ask(&ledger, TableName::Documents, |q| q.text = vec![words.into()]);
        assert_eq!(column(&documents, "id"), ["macau"], "{words}");
    }
}

#[test]
fn zones_and_codes_of_old_are_found() {
    let (_folder, ledger) = ledger();
    let old = "綦江县任务\n地区：500222 綦江县 county\n";
    ingest(&ledger, vec![text("qijiang", old), with(text("zone", "高新区任务\n"), &[("place", "高新区")])]);
    let ids = |set: fn(&mut Query)| column(&ask(&ledger, TableName::Documents, set), "id");
    assert_eq!(ids(|q| q.place = vec!["500110".into()]), ["qijiang"]);
    assert_eq!(ids(|q| q.within = vec!["500000".into()]), ["qijiang"]);
    assert_eq!(ids(|q| q.place = vec!["高新区".into()]), ["zone"]);
    assert_eq!(ids(|q| q.within = vec!["高新区".into()]), ["zone"]);
    assert_eq!(ids(|q| q.place = vec!["江门".into()]), ["jiangmen"], "the city is not its zone");
    assert_eq!(ids(|q| q.within = vec!["江门".into()]), ["jiangmen", "zone"]);
}

#[test]
fn unknown_names_are_errors_with_suggestions() {
    let (_folder, ledger) = ledger();
    let mut query = Query::new(TableName::Assignments);
    query.function = vec!["衛生".into()];
    assert!(ledger.query(&query).unwrap_err().to_string().contains("did you mean health?"));
    let mut query = Query::new(TableName::Documents);
    query.metadata.insert("teir".into(), vec![]);
    assert!(ledger.query(&query).unwrap_err().to_string().contains("did you mean tier?"));
}

#[test]
fn answers_over_many_blocks_keep_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&folder.path().join("l.tz"));
    let id = |n: usize| format!("{:03}", n * 37 % 101);
    for part in (0..60).collect::<Vec<_>>().chunks(7) {
        ingest(&ledger, part.iter().map(|n| text(&id(*n), &plan(*n))).collect());
    }
    ledger.remove(&id(5)).unwrap();
    let mut expected: Vec<(String, usize)> =
        (0..60).filter(|n| *n != 5).flat_map(|n| (1..=n % 7 + 1).map(move |c| (id(n), c))).collect();
    expected.sort();
    let clauses = ask(&ledger, TableName::Clauses, |_| ());
    assert_eq!(column(&clauses, "clause"), expected.iter().map(|(id, c)| format!("{id}#{c}")).collect::<Vec<_>>());
    for (n, row) in clauses.rows().enumerate() {
        let (id, c) = &expected[n];
        let number = (0..60).find(|k| format!("{:03}", k * 37 % 101) == *id).unwrap();
        assert!(row[6].text().unwrap().starts_with(&format!("做第{number}件的第{c}步")), "{row:?}");
    }
    for limit in [0, 1, 7, 50, 9999] {
        let limited = ask(&ledger, TableName::Clauses, |q| q.limit = Some(limit));
        assert_eq!(limited, clauses.head(limit));
        let of_year = |q: &mut Query| q.years = vec![2012, 2015];
        let whole = ask(&ledger, TableName::Assignments, of_year);
        let limited = ask(&ledger, TableName::Assignments, |q| (of_year(q), q.limit = Some(limit)).0);
        assert_eq!(limited, whole.head(limit));
    }
}

#[test]
fn many_rows_of_many_blocks_are_those_of_each_document() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&folder.path().join("l.tz"));
    let id = |n: usize| format!("{:03}", n * 37 % 301);
    for part in (0..300).collect::<Vec<_>>().chunks(60) {
        ingest(&ledger, part.iter().map(|n| with(text(&id(*n), &plan(*n)), &[("batch", &id(n / 60))])).collect());
    }
    let mut ids: Vec<String> = (0..300).map(id).collect();
    ids.sort();
    for table in [TableName::Clauses, TableName::Assignments, TableName::Targets] {
        let whole = ask(&ledger, table, |_| ());
        assert!(table == TableName::Targets || whole.len() > 1100, "{} of {}", whole.len(), table.as_str());
        let each = ids.iter().map(|id| ask(&ledger, table, |q| q.document = vec![id.clone()]));
        assert_eq!(whole, Table::concat(&each.collect::<Vec<_>>()).unwrap(), "{}", table.as_str());
        let limited = ask(&ledger, table, |q| q.limit = Some(1090));
        assert_eq!(limited, whole.head(1090));
    }
}

#[test]
fn governments_stand_side_by_side() {
    let (_folder, ledger) = ledger();
    let all = ledger.compare(&Selection::default()).unwrap();
    assert_eq!(column(&all.places, "place"), ["临汾市", "广东省", "江门市", "-"]);
    assert_eq!(column(&all.places, "documents"), ["1"; 4]);
    assert_eq!(column(&all.places, "assignments"), ["2", "1", "4", "0"]);
    let two = Selection { places: vec!["江门".into(), "141000".into()], ..Selection::default() };
    let two = ledger.compare(&two).unwrap();
    assert_eq!(two.departments_wide.column_names(), ["function", "江门市", "临汾市"], "in the order asked for");
    assert_eq!(column(&two.departments_wide, "function"), ["health-insurance", "health", "culture-tourism"]);
    assert_eq!(column(&two.departments_wide, "江门市"), ["1", "2", "1"]);
    assert_eq!(column(&two.departments_wide, "临汾市"), ["2", "0", "0"]);
    assert_eq!(column(&two.departments, "place"), ["江门市", "临汾市", "江门市", "江门市"]);
    assert_eq!(column(&two.departments, "lead"), ["1", "2", "1", "1"]);
    assert_eq!(column(&two.departments, "responsible"), ["0", "0", "1", "0"]);
    assert_eq!(column(&two.departments, "total"), ["1", "2", "2", "1"]);
    assert_eq!(column(&two.targets, "indicator"), ["签约覆盖率", "覆盖率"]);
    assert_eq!(column(&two.targets_wide, "江门市"), ["80% (2025)", "-"]);
    let payment = Selection { text: vec!["推进".into()], ..Selection::default() };
    assert_eq!(column(&ledger.compare(&payment).unwrap().departments, "total"), ["1", "1", "1"]);
}
