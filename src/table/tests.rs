use super::*;
use arrow_array::{Float64Array, StringArray};

/// Two batches: name, year, value.
fn table() -> Table {
    let part = |names: Vec<Option<&str>>, years: Vec<Option<i64>>, values: Vec<Option<f64>>| {
        Table::from_columns(vec![
            ("name", Arc::new(StringArray::from(names)) as ArrayRef),
            ("year", Arc::new(Int64Array::from(years))),
            ("value", Arc::new(Float64Array::from(values))),
        ])
        .unwrap()
    };
    Table::concat(&[
        part(
            vec![Some("江门"), None, Some("临汾")],
            vec![Some(2019), Some(2022), None],
            vec![Some(1.5), None, Some(0.1)],
        ),
        part(vec![Some("江门"), Some("綦江")], vec![Some(2020), Some(2022)], vec![Some(2.0), Some(9.0)]),
    ])
    .unwrap()
}

fn names(table: &Table) -> Vec<Option<&str>> {
    table.values("name").map(Cell::text).collect()
}

#[test]
fn rows_and_cells_run_over_batches() {
    let table = table();
    assert_eq!(table.len(), 5);
    assert_eq!(table.cell(3, "year"), Some(Cell::Int(2020)));
    assert_eq!(table.cell(2, "year"), Some(Cell::Null));
    assert_eq!(table.row(4), Some(vec![Cell::Text("綦江"), Cell::Int(2022), Cell::Float(9.0)]));
    assert_eq!((table.row(5), table.cell(0, "no")), (None, None));
}

#[test]
fn slices_filters_and_takes() {
    let table = table();
    assert_eq!(names(&table.slice(2, 2)), [Some("临汾"), Some("江门")]);
    assert_eq!(names(&table.slice(4, 99)), [Some("綦江")]);
    assert_eq!(table.slice(9, 9).len(), 0);
    assert_eq!(
        names(&table.filter(&[true, false, false, true, true]).unwrap()),
        [Some("江门"), Some("江门"), Some("綦江")]
    );
    assert!(table.filter(&[true]).is_err());
    assert_eq!(names(&table.take(&[4, 0, 4]).unwrap()), [Some("綦江"), Some("江门"), Some("綦江")]);
    assert!(table.take(&[5]).is_err());
    assert_eq!(names(&table.slice(1, 3).take(&[2, 0]).unwrap()), [Some("江门"), None]);
    assert_eq!(table.take(&[]).unwrap().len(), 0);
    assert_eq!(table.slice(9, 9).sort(&[("name", false)]).unwrap().len(), 0);
    assert_eq!(table.select(&["value", "name"]).unwrap().column_names(), ["value", "name"]);
    assert!(table.select(&["no"]).unwrap_err().to_string().contains("did you mean name, year, value"));
}

#[test]
fn every_type_of_a_column_is_taken_from_every_batch() {
    let bools = |values: Vec<Option<bool>>| {
        Table::from_columns(vec![("open", Arc::new(arrow_array::BooleanArray::from(values)) as ArrayRef)]).unwrap()
    };
    let open = Table::concat(&[bools(vec![Some(true), None]), bools(vec![]), bools(vec![Some(false)])]).unwrap();
    let taken = open.take(&[2, 1, 0, 2]).unwrap();
    let expected = [Cell::Bool(false), Cell::Null, Cell::Bool(true), Cell::Bool(false)];
    assert_eq!(taken.values("open").collect::<Vec<_>>(), expected);
    let table = table();
    let taken = table.take(&[4, 1, 3]).unwrap();
    assert_eq!(taken.rows().collect::<Vec<_>>(), [4, 1, 3].map(|row| table.row(row).unwrap()));
}

#[test]
fn sorts_with_nulls_last_and_ties_as_before() {
    let table = table();
    let years =
        |by: &[(&str, bool)]| -> Vec<Option<i64>> { table.sort(by).unwrap().values("year").map(Cell::int).collect() };
    assert_eq!(years(&[("year", false)]), [Some(2019), Some(2020), Some(2022), Some(2022), None]);
    assert_eq!(years(&[("year", true)]), [Some(2022), Some(2022), Some(2020), Some(2019), None]);
    assert_eq!(names(&table.sort(&[("year", true)]).unwrap())[..2], [None, Some("綦江")]);
    assert_eq!(names(&table.sort(&[("year", true), ("value", true)]).unwrap())[..2], [Some("綦江"), None]);
}

#[test]
fn counts_and_draws() {
    let table = table();
    let counted = table.count_by(&["name"]).unwrap();
    assert_eq!(counted.row(0), Some(vec![Cell::Text("江门"), Cell::Int(2)]));
    assert_eq!(counted.len(), 4);
    assert_eq!(table.sample(3, 1).len(), 3);
    assert_eq!(table.sample(3, 1), table.sample(3, 1));
    assert_eq!(table.sample(99, 1), table);
    let mut drawn = [0; 5];
    for seed in 0..2000 {
        table.sample(2, seed).values("value").for_each(|v| {
            let at = table.values("value").position(|w| w == v).unwrap();
            drawn[at] += 1;
        });
    }
    assert!(drawn.iter().all(|n| (700..900).contains(n)), "each row in two draws of five: {drawn:?}");
}

#[test]
fn only_tables_of_one_schema_are_joined() {
    let table = table();
    assert!(Table::concat(&[]).is_err());
    assert!(Table::concat(&[table.clone(), table.select(&["name"]).unwrap()]).is_err());
}
