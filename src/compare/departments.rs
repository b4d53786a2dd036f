//! Departments: which functions carry how much, where, and in which role.

use super::column::{at, numbered};
use super::grid::Places;
use crate::error::Result;
use crate::table::{Cell, Table};
use arrow_array::{ArrayRef, Int64Array, StringArray};
use foldhash::fast::FixedState;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

const ROLES: [&str; 4] = ["lead", "responsible", "cooperating", "supervising"];

/// Long and wide tables of assignments (`function, adcode, role`). Bodies without a function count as one, null.
pub(super) fn compare(assignments: &Table, places: &Places) -> Result<(Table, Table)> {
    let mut counts: BTreeMap<(Option<&str>, usize), [i64; 4]> = BTreeMap::new();
    let mut totals: BTreeMap<Option<&str>, i64> = BTreeMap::new();
    // Millions of rows, of some hundred functions and places: words are compared once each.
    let [functions, adcodes, roles] =
        ["function", "adcode", "role"].map(|column| numbered(assignments.values(column).map(Cell::text)));
    let mut cells: HashMap<[u32; 3], i64, FixedState> = HashMap::default();
    for ((function, adcode), role) in functions.of.iter().zip(&adcodes.of).zip(&roles.of) {
        *cells.entry([*function, *adcode, *role]).or_default() += 1;
    }
    // Sums do not depend on the order of what is added.
    for ([function, adcode, role], rows) in cells.into_iter().collect::<Vec<_>>() {
        let (function, role) = (at(&functions.values, function as usize), at(&roles.values, role as usize));
        let Some(role) = ROLES.iter().position(|name| role == Some(name)) else { continue };
        let place = places.position(at(&adcodes.values, adcode as usize).map_or(Cell::Null, Cell::Text));
        let count = counts.entry((function, place)).or_default();
        count.iter_mut().skip(role).take(1).for_each(|count| *count += rows);
        *totals.entry(function).or_default() += rows;
    }
    // The busiest function first, bodies without one last.
    let mut functions: Vec<(Option<&str>, i64)> = totals.into_iter().collect();
    functions.sort_by_key(|(function, total)| (function.is_none(), Reverse(*total)));

    let rows: Vec<(Option<&str>, usize, [i64; 4])> = functions
        .iter()
        .flat_map(|(function, _)| {
            counts.range((*function, 0)..=(*function, usize::MAX)).map(|((f, at), count)| (*f, *at, *count))
        })
        .collect();
    let place = |at: usize| places.all().get(at).cloned().unwrap_or_default();
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("function", Arc::new(rows.iter().map(|(function, ..)| *function).collect::<StringArray>())),
        ("adcode", Arc::new(rows.iter().map(|(_, at, _)| place(*at).adcode).collect::<StringArray>())),
        ("place", Arc::new(rows.iter().map(|(_, at, _)| place(*at).name).collect::<StringArray>())),
    ];
    for (at, role) in ROLES.into_iter().enumerate() {
        columns.push((role, Arc::new(rows.iter().map(|(.., count)| count.get(at).copied()).collect::<Int64Array>())));
    }
    let total = rows.iter().map(|(.., count)| Some(count.iter().sum::<i64>()));
    columns.push(("total", Arc::new(total.collect::<Int64Array>())));

    let wide = places.wide("function", functions.iter().map(|(f, _)| f.map(str::to_owned)).collect(), |at| {
        let total = |f: Option<&str>| counts.get(&(f, at)).map_or(0, |count| count.iter().sum::<i64>());
        Arc::new(functions.iter().map(|(function, _)| Some(total(*function))).collect::<Int64Array>())
    })?;
    Ok((Table::from_columns(columns)?, wide))
}
