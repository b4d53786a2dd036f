//! Departments: which functions carry how much, where, and in which role.

use super::grid::Places;
use crate::error::Result;
use crate::table::Table;
use arrow_array::{ArrayRef, Int64Array, StringArray};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

const ROLES: [&str; 4] = ["lead", "responsible", "cooperating", "supervising"];

/// Long and wide tables of assignments (`function, adcode, role`). Bodies without a function count as one, null.
pub(super) fn compare(assignments: &Table, places: &Places) -> Result<(Table, Table)> {
    let mut counts: BTreeMap<(Option<&str>, usize), [i64; 4]> = BTreeMap::new();
    let mut totals: BTreeMap<Option<&str>, i64> = BTreeMap::new();
    for row in assignments.rows() {
        let [function, adcode, role] = row.as_slice() else { continue };
        let Some(role) = ROLES.iter().position(|name| role.text() == Some(name)) else { continue };
        let count = counts.entry((function.text(), places.position(*adcode))).or_default();
        count.iter_mut().skip(role).take(1).for_each(|count| *count += 1);
        *totals.entry(function.text()).or_default() += 1;
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
