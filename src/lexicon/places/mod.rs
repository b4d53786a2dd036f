//! Places: divisions of GB/T 2260 since 1981 and zones without a code, with their history.
//!
//! In: the tables `divisions` and `zones`. Out: places by code, by what a user types ([`Places::resolve`]), and by
//! the names at the start of an issuer or in a text. Guarantee: same-named places come back as several unless the
//! text itself, or the date, settles which is meant; a code's ancestors are its parents', not its digits'.

mod name;
mod resolve;

pub(super) use name::PlaceNames;
pub use name::Prefix;
pub use resolve::{Found, Resolution};

use super::names::{NameMap, plain};
use super::table::{Row, Tables};
use crate::error::Result;
use name::{Form, Named, Target};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

/// Code of the state.
pub(super) const STATE: &str = "100000";

/// Level of a government, by its place in GB/T 2260.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The state.
    Country,
    /// Province, autonomous region, municipality.
    Province,
    /// Prefecture-level city, prefecture, league.
    Prefecture,
    /// County, district, county-level city, banner.
    County,
}

/// A division under one name and code, for as long as it had both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// GB/T 2260 code, six digits; 100000 is the state.
    pub adcode: Box<str>,
    /// Name; 全国 for the state.
    pub name: Box<str>,
    /// Name without 省, 市, 县 …
    pub short: Box<str>,
    /// Level.
    pub level: Level,
    /// Code of the division above; none for the state.
    pub parent: Option<Box<str>>,
    /// 省, 地级市, 市辖区, 自治县 …
    pub kind: Box<str>,
    /// First day, ISO 8601 as exact as known; none where it was there by the end of 1981.
    pub valid_from: Option<Box<str>>,
    /// First day no longer, likewise; none while in force.
    pub valid_to: Option<Box<str>>,
    /// Characters that document numbers begin with, preferred one first.
    pub abbreviations: Vec<Box<str>>,
    /// Other names.
    pub aliases: Vec<Box<str>>,
    /// Codes that took over.
    pub successors: Vec<Box<str>>,
}

impl Place {
    /// True while the name and code are in use.
    pub fn in_force(&self) -> bool {
        self.valid_to.is_none()
    }

    /// True where it was in force at some time in the period `on` (ISO 8601, `2008`, `2008-03` or a day).
    pub fn valid(&self, on: &str) -> bool {
        let began = self.valid_from.as_deref().is_none_or(|from| compare(from, on) != Ordering::Greater);
        let ended = self.valid_to.as_deref().is_some_and(|to| match compare(on, to) {
            Ordering::Less => false,
            // In the year of its end it still was for a while; on the very day it was no more.
            Ordering::Equal => on.len() >= to.len() && to.len() == DAY,
            Ordering::Greater => true,
        });
        began && !ended
    }
}

/// Length of an ISO day.
const DAY: usize = 10;

/// Compares two dates at the precision of the coarser.
fn compare(a: &str, b: &str) -> Ordering {
    let shared = a.len().min(b.len());
    a.get(..shared).cmp(&b.get(..shared))
}

/// An area with an administration of its own that has no code: new area, development zone, corps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Id, stable.
    pub id: Box<str>,
    /// Name.
    pub name: Box<str>,
    /// Short name.
    pub short: Box<str>,
    /// 国家级新区, 经济技术开发区 …
    pub kind: Box<str>,
    /// Code of the division that it lies in.
    pub parent: Box<str>,
    /// When it was set up, ISO 8601 as exact as known.
    pub established: Option<Box<str>>,
    /// Other names.
    pub aliases: Vec<Box<str>>,
}

/// The registry of places.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Sorted by code, then by first day.
    rows: Vec<Place>,
    zones: Vec<Zone>,
    /// Range of `rows` under each code.
    codes: HashMap<Box<str>, (usize, usize)>,
    names: Arc<NameMap<Vec<Named>>>,
    abbreviations: NameMap<Vec<usize>>,
}

impl Places {
    pub(super) fn read(tables: &Tables) -> Result<Self> {
        let mut this = Self::default();
        let mut names = NameMap::default();
        let columns = [
            "adcode",
            "name",
            "short",
            "level",
            "parent",
            "type",
            "valid_from",
            "valid_to",
            "abbr",
            "aliases",
            "successor",
            "note",
        ];
        let rows = tables.rows("divisions", columns)?;
        for row in &rows {
            this.enter(row, &mut names)?;
        }
        for (row, place) in rows.iter().zip(&this.rows) {
            let mut codes = place.successors.iter().chain(&place.parent);
            if let Some(code) = codes.find(|code| !this.codes.contains_key(*code)) {
                return Err(row.fault(format!("there is no division {code}")));
            }
        }
        let columns = ["id", "name", "short", "kind", "parent", "parent_name", "established", "aliases", "note"];
        for row in tables.rows("zones", columns)? {
            this.enter_zone(&row, &mut names)?;
        }
        this.names = Arc::new(names);
        Ok(this)
    }

    fn enter(&mut self, row: &Row<12>, names: &mut NameMap<Vec<Named>>) -> Result<()> {
        let level = match row.cell(3) {
            "country" => Level::Country,
            "province" => Level::Province,
            "prefecture" => Level::Prefecture,
            "county" => Level::County,
            other => return Err(row.fault(format!("{other:?} is no level"))),
        };
        let index = self.rows.len();
        let place = Place {
            adcode: row.cell(0).into(),
            name: if row.cell(0) == STATE { "全国" } else { row.cell(1) }.into(),
            short: row.cell(2).into(),
            level,
            parent: row.optional(4),
            kind: row.cell(5).into(),
            valid_from: row.optional(6),
            valid_to: row.optional(7),
            abbreviations: row.list(8).map(Into::into).collect(),
            aliases: row.list(9).map(Into::into).collect(),
            successors: row.list(10).map(Into::into).collect(),
        };
        if self.rows.last().is_some_and(|b| (&b.adcode, &b.valid_from) >= (&place.adcode, &place.valid_from)) {
            return Err(row.fault("rows must be sorted by adcode and valid_from, each once"));
        }
        let target = Target::Place(index);
        enter_names(names, target, row.cell(1), &place.short, place.aliases.iter());
        for abbreviation in &place.abbreviations {
            self.abbreviations.entry(abbreviation).push(index);
        }
        self.codes.entry(place.adcode.clone()).or_insert((index, index)).1 = index + 1;
        self.rows.push(place);
        Ok(())
    }

    fn enter_zone(&mut self, row: &Row<9>, names: &mut NameMap<Vec<Named>>) -> Result<()> {
        if !self.codes.contains_key(row.cell(4)) {
            return Err(row.fault(format!("there is no division {}", row.cell(4))));
        }
        let zone = Zone {
            id: row.cell(0).into(),
            name: row.cell(1).into(),
            short: row.cell(2).into(),
            kind: row.cell(3).into(),
            parent: row.cell(4).into(),
            established: row.optional(6),
            aliases: row.list(7).map(Into::into).collect(),
        };
        if self.zones.iter().any(|z| z.id == zone.id) {
            return Err(row.fault(format!("the id {} stands twice", zone.id)));
        }
        enter_names(names, Target::Zone(self.zones.len()), &zone.name, &zone.short, zone.aliases.iter());
        self.zones.push(zone);
        Ok(())
    }

    /// All divisions, sorted by code and first day.
    pub fn divisions(&self) -> &[Place] {
        &self.rows
    }

    /// All zones, sorted by id.
    pub fn zones(&self) -> &[Zone] {
        &self.zones
    }

    /// The zone with this id.
    pub fn zone(&self, id: &str) -> Option<&Zone> {
        self.zones.iter().find(|zone| *zone.id == *id)
    }

    /// The division with this code: under its name in force, else its last one.
    pub fn by_adcode(&self, code: &str) -> Option<&Place> {
        self.under(code).last()
    }

    /// The division with this code under its name in the period `on`, else as [`Places::by_adcode`].
    pub fn by_adcode_on(&self, code: &str, on: &str) -> Option<&Place> {
        let rows = self.under(code);
        rows.iter().rev().find(|place| place.valid(on)).or_else(|| rows.last())
    }

    fn under(&self, code: &str) -> &[Place] {
        self.codes.get(code).and_then(|(start, end)| self.rows.get(*start..*end)).unwrap_or_default()
    }

    /// The divisions above the one with this code, nearest first, up to the state.
    pub fn ancestors<'a>(&'a self, code: &str) -> impl Iterator<Item = &'a Place> {
        let above = |place: &'a Place| self.by_adcode(place.parent.as_deref()?);
        std::iter::successors(self.by_adcode(code).and_then(above), move |place| above(place))
    }

    /// True where the division `code` is `ancestor` or lies in it; everything lies in 100000.
    pub fn within(&self, code: &str, ancestor: &str) -> bool {
        code == ancestor || ancestor == STATE || self.ancestors(code).any(|place| *place.adcode == *ancestor)
    }

    pub(super) fn names(&self) -> PlaceNames {
        PlaceNames::new(Arc::clone(&self.names))
    }
}

/// Enters a place's or zone's names in plain spelling, each once, in its fullest form.
fn enter_names<'a>(
    names: &mut NameMap<Vec<Named>>,
    target: Target,
    name: &str,
    short: &str,
    aliases: impl Iterator<Item = &'a Box<str>>,
) {
    let aliases = aliases.map(|alias| (&**alias, Form::Alias));
    for (name, form) in [(name, Form::Full), (short, Form::Short)].into_iter().chain(aliases) {
        let meant = names.entry(&plain(name));
        if !meant.iter().any(|named| named.target == target) {
            meant.push(Named { target, form });
        }
    }
}
