//! Grid: the places of a comparison in their order, and wide tables with a column for each.

use crate::error::Result;
use crate::query::Names;
use crate::table::{Cell, Table};
use arrow_array::{ArrayRef, StringArray};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A place of a comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Code in force; none for documents without a place.
    pub adcode: Option<String>,
    pub name: Option<String>,
    pub level: Option<String>,
}

/// The places of a comparison, in the order of their columns.
#[derive(Debug, Default)]
pub(super) struct Places {
    all: Vec<Place>,
    /// Position of each code that documents bear, those of old included.
    at: BTreeMap<Option<String>, usize>,
}

impl Places {
    /// The places of documents (their first columns: adcode, place, level): those wanted first, in that order, then by
    /// code; documents without a place last.
    pub fn of(documents: &Table, wanted: &[String], names: &dyn Names) -> Self {
        let rank = |code: &Option<String>| match code {
            Some(code) => (wanted.iter().position(|w| w == code).unwrap_or(wanted.len()), false),
            None => (wanted.len(), true),
        };
        let text = |cell: Option<&Cell<'_>>| cell.and_then(|cell| cell.text()).map(str::to_owned);
        let mut found: BTreeMap<((usize, bool), Option<String>), Place> = BTreeMap::new();
        let mut codes: BTreeMap<Option<String>, Option<String>> = BTreeMap::new();
        for row in documents.rows() {
            let code = text(row.first());
            let adcode = code.as_deref().map(|code| names.in_force(code));
            codes.insert(code.clone(), adcode.clone());
            let place = Place { adcode: adcode.clone(), name: text(row.get(1)), level: text(row.get(2)) };
            let known = found.entry((rank(&adcode), adcode.clone())).or_insert_with(|| place.clone());
            // A document under the code in force has the name in force.
            if code == adcode {
                *known = place;
            }
        }
        let order: BTreeMap<&Option<String>, usize> =
            found.keys().enumerate().map(|(at, (_, adcode))| (adcode, at)).collect();
        let at = codes.into_iter().filter_map(|(code, adcode)| Some((code, *order.get(&adcode)?))).collect();
        Self { all: found.into_values().collect(), at }
    }

    /// All places, in order.
    pub fn all(&self) -> &[Place] {
        &self.all
    }

    /// Position of the place with the code in a cell; behind the last where there is none.
    pub fn position(&self, adcode: Cell<'_>) -> usize {
        self.at.get(&adcode.text().map(str::to_owned)).copied().unwrap_or(self.all.len())
    }

    /// Column labels: names, with the code where two places share one.
    fn labels(&self) -> Vec<String> {
        let label = |place: &Place| {
            let name = place.name.clone().unwrap_or_else(|| "(none)".to_owned());
            let shared = self.all.iter().filter(|other| other.name == place.name).count() > 1;
            match &place.adcode {
                Some(adcode) if shared => format!("{name} {adcode}"),
                _ => name,
            }
        };
        self.all.iter().map(label).collect()
    }

    /// A table with `first` as its first column and one for each place, made by `column` for the place's position.
    pub fn wide(&self, name: &str, first: Vec<Option<String>>, column: impl Fn(usize) -> ArrayRef) -> Result<Table> {
        let labels = self.labels();
        let mut columns: Vec<(&str, ArrayRef)> = vec![(name, Arc::new(first.into_iter().collect::<StringArray>()))];
        columns.extend(labels.iter().enumerate().map(|(at, label)| (label.as_str(), column(at))));
        Table::from_columns(columns)
    }
}
