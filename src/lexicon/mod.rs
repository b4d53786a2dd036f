//! Lexicon: the vocabulary tables of `seeds/lexicon/` as typed registries.
//!
//! In: CSV tables (the crate's own, or a user's in their place). Out: [`Departments`], [`Places`], [`Units`],
//! [`Topics`], each parsed on first use, and a SHA-256 per table and over all.
//! Guarantee: a malformed table is an error that names table and line; hand corrections (`errata.csv`) are applied
//! while a table is read and refused where they no longer fit. Answers do not depend on the order of a hash map.
//! Knows no documents and no files at run time.

mod departments;
mod issuer;
mod names;
mod places;
mod suggest;
mod table;
mod terms;
mod topics;
mod units;

pub use departments::{Departments, Function, How, Resolved};
pub use places::{Found, Level, Place, Places, Prefix, Resolution, Zone};
pub use table::{TABLES, Tables};
pub use terms::Terms;
pub use topics::{Topic, Topics};
pub use units::{UnitMatch, Units};

use crate::error::Result;
use std::sync::OnceLock;

/// The registries, each parsed when first asked for.
#[derive(Debug, Default)]
pub struct Lexicon {
    tables: Tables,
    places: OnceLock<Places>,
    departments: OnceLock<Departments>,
    units: OnceLock<Units>,
    topics: OnceLock<Topics>,
    terms: OnceLock<Terms>,
}

impl Lexicon {
    /// The tables that the crate was built with.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Lexicon> = OnceLock::new();
        EMBEDDED.get_or_init(Self::default)
    }

    /// A lexicon of other tables; all are read at once, so that what is wrong shows here.
    pub fn from_tables(tables: Tables) -> Result<Self> {
        let places = Places::read(&tables)?;
        let departments = Departments::read(&tables, places.names())?;
        let units = Units::read(&tables)?;
        let topics = Topics::read(&tables)?;
        let terms = Terms::read(&tables)?;
        Ok(Self {
            units: units.into(),
            topics: topics.into(),
            terms: terms.into(),
            departments: departments.into(),
            places: places.into(),
            tables,
        })
    }

    /// Bodies and their functions.
    pub fn departments(&self) -> &Departments {
        self.departments.get_or_init(|| sound(Departments::read(&self.tables, self.places().names())))
    }

    /// Units of measure.
    pub fn units(&self) -> &Units {
        self.units.get_or_init(|| sound(Units::read(&self.tables)))
    }

    /// Divisions of GB/T 2260 since 1981, and zones.
    pub fn places(&self) -> &Places {
        self.places.get_or_init(|| sound(Places::read(&self.tables)))
    }

    /// Topics of clauses.
    pub fn topics(&self) -> &Topics {
        self.topics.get_or_init(|| sound(Topics::read(&self.tables)))
    }

    /// Words that name the same thing.
    pub fn terms(&self) -> &Terms {
        self.terms.get_or_init(|| sound(Terms::read(&self.tables)))
    }

    /// SHA-256 over the fingerprints of all tables, in hex.
    pub fn fingerprint(&self) -> String {
        self.tables.fingerprint()
    }

    /// SHA-256 of each table's bytes, in hex, by table name.
    pub fn fingerprints(&self) -> Vec<(&'static str, String)> {
        self.tables.fingerprints()
    }
}

/// A table of the crate's own, which `tests/lexicon.rs` has read (a user's tables pass through `from_tables`).
fn sound<T>(table: Result<T>) -> T {
    #[expect(clippy::panic, reason = "a broken embedded table is a broken build; tests/lexicon.rs reads every one")]
    table.unwrap_or_else(|error| panic!("{error}"))
}
