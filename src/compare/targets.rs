//! Targets: what is to be reached, by indicator and place.

use super::grid::Places;
use crate::error::Result;
use crate::table::{Cell, Table};
use arrow_array::{ArrayRef, StringArray};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Columns of the long table.
pub(super) const COLUMNS: [&str; 16] = [
    "indicator",
    "adcode",
    "place",
    "year",
    "op",
    "value",
    "value_high",
    "unit",
    "per",
    "deadline",
    "text",
    "document",
    "clause",
    "path",
    "start",
    "end",
];

/// Long and wide tables of targets (with [`COLUMNS`]). Indicators are one where their words are the same.
pub(super) fn compare(targets: &Table, places: &Places) -> Result<(Table, Table)> {
    let mut cells: BTreeMap<(&str, usize), Vec<String>> = BTreeMap::new();
    let mut spread: BTreeMap<&str, (BTreeSet<usize>, usize)> = BTreeMap::new();
    for row in targets.rows() {
        let [indicator, adcode, _, _, op, value, high, unit, per, deadline, ..] = row.as_slice() else { continue };
        let Some(indicator) = indicator.text() else { continue };
        let at = places.position(*adcode);
        cells.entry((indicator, at)).or_default().push(words(*op, *value, *high, *unit, *per, *deadline));
        let (wherever, count) = spread.entry(indicator).or_default();
        wherever.insert(at);
        *count += 1;
    }
    // What most places share first.
    let mut indicators: Vec<(&str, usize, usize)> = spread.into_iter().map(|(i, (p, n))| (i, p.len(), n)).collect();
    indicators.sort_by_key(|(_, places, count)| (Reverse(*places), Reverse(*count)));

    let wide = places.wide("indicator", indicators.iter().map(|(i, ..)| Some((*i).to_owned())).collect(), |at| {
        let cell = |indicator: &str| cells.get(&(indicator, at)).map(|words| words.join("；"));
        let column: ArrayRef = Arc::new(indicators.iter().map(|(i, ..)| cell(i)).collect::<StringArray>());
        column
    })?;
    let rank: BTreeMap<&str, usize> = indicators.iter().enumerate().map(|(rank, (i, ..))| (*i, rank)).collect();
    let keys: Vec<(usize, usize)> = targets
        .rows()
        .map(|row| match row.as_slice() {
            [indicator, adcode, ..] => {
                let rank = indicator.text().and_then(|i| rank.get(i)).copied();
                (rank.unwrap_or(usize::MAX), places.position(*adcode))
            }
            _ => (usize::MAX, usize::MAX),
        })
        .collect();
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|row| keys.get(*row));
    Ok((targets.take(&order)?, wide))
}

/// A target in few signs: `>=80%`, `3—5个/年 (2025)`.
fn words(op: Cell<'_>, value: Cell<'_>, high: Cell<'_>, unit: Cell<'_>, per: Cell<'_>, deadline: Cell<'_>) -> String {
    let mut out = match op.text() {
        Some("=" | "range") | None => String::new(),
        Some(op) => op.to_owned(),
    };
    out.push_str(&value.float().map(|v| v.to_string()).unwrap_or_default());
    if let Some(high) = high.float() {
        out.push('—');
        out.push_str(&high.to_string());
    }
    out.push_str(unit.text().unwrap_or_default());
    if let Some(per) = per.text() {
        out.push('/');
        out.push_str(per);
    }
    if let Some(deadline) = deadline.text() {
        out.push_str(" (");
        out.push_str(deadline);
        out.push(')');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_written_short() {
        let none = Cell::Null;
        let (text, float) = (Cell::Text, Cell::Float);
        assert_eq!(words(text(">="), float(80.0), none, text("%"), none, text("2025")), ">=80% (2025)");
        assert_eq!(words(text("range"), float(3.0), float(5.5), text("个"), text("年"), none), "3—5.5个/年");
        assert_eq!(words(text("="), float(1.3), none, none, none, none), "1.3");
    }
}
