//! From what a user types, or a text names, to one place, to several, or to suggestions.

use super::name::{Chain, Form, Target};
use super::{Place, Places, Zone};
use crate::lexicon::names::plain;
use crate::lexicon::suggest::nearest;

/// A place that was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'a> {
    /// The place; for a zone the division that it lies in.
    pub place: &'a Place,
    /// The zone, where one was named.
    pub zone: Option<&'a Zone>,
    /// The division that was named, where it is no more and `place` has taken over.
    pub former: Option<&'a Place>,
}

/// What a name comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution<'a> {
    /// One place.
    One(Found<'a>),
    /// Several of the same name.
    Ambiguous(Vec<Found<'a>>),
    /// None; the nearest names.
    Unknown(Vec<String>),
}

impl Places {
    /// The place that a user means: by name, short name, alias, code, zone's name or id, with or without the places
    /// above in front (江苏省徐州市鼓楼区). Without a date, what is no more gives its successor; with `on` (ISO 8601,
    /// also a year) what was in force then, under the name it had then.
    pub fn resolve(&self, query: &str, on: Option<&str>) -> Resolution<'_> {
        let query = plain(query);
        if let Some(found) = self.by_code(&query, on) {
            return resolution(found);
        }
        let mut chains = self.chains(&query);
        chains.retain(|chain| chain.len == query.len());
        let found = self.choose(&chains, on);
        if !found.is_empty() {
            return resolution(found);
        }
        let mut names: Vec<&str> = self.names.keys().collect();
        names.sort_unstable();
        Resolution::Unknown(nearest(&query, names))
    }

    fn by_code(&self, query: &str, on: Option<&str>) -> Option<Vec<Found<'_>>> {
        if let Some(zone) = self.zone(&query.to_uppercase()) {
            return self.zone_found(zone, on).map(|found| vec![found]);
        }
        let digits = query.chars().all(|c| c.is_ascii_digit()) && matches!(query.len(), 2 | 4 | 6);
        let code = format!("{query:0<6}");
        let rows = self.under(&code);
        let last = rows.last().filter(|_| digits)?;
        match on.and_then(|on| rows.iter().rev().find(|place| place.valid(on))) {
            Some(place) => Some(vec![Found { place, zone: None, former: None }]),
            None => Some(self.succeeded(last)),
        }
    }

    /// The places that the chains come to, fewer where the fullness of the name, the date or the level decides.
    pub(super) fn choose(&self, chains: &[Chain], on: Option<&str>) -> Vec<Found<'_>> {
        let mut divisions: Vec<(Form, &Place)> = Vec::new();
        let mut zones: Vec<&Zone> = Vec::new();
        for chain in chains {
            match chain.target {
                Target::Place(index) => divisions.extend(self.rows.get(index).map(|place| (chain.form, place))),
                Target::Zone(index) => zones.extend(self.zones.get(index)),
            }
        }
        // 浦东新区 is a division first, 临港 only a zone.
        if divisions.is_empty() {
            zones.dedup_by(|a, b| a.id == b.id);
            return zones.into_iter().filter_map(|zone| self.zone_found(zone, on)).collect();
        }
        let in_time = |place: &Place| on.map_or(place.in_force(), |on| place.valid(on));
        if divisions.iter().any(|(_, place)| in_time(place)) {
            divisions.retain(|(_, place)| in_time(place));
        }
        if divisions.iter().any(|(form, _)| *form == Form::Full) {
            divisions.retain(|(form, _)| *form == Form::Full);
        } else {
            // 长沙 is the city before it is the county, 吉林 the province before it is the city.
            let highest = divisions.iter().map(|(_, place)| place.level).min();
            divisions.retain(|(_, place)| Some(place.level) == highest);
        }
        let mut found: Vec<Found<'_>> = Vec::new();
        for (_, place) in divisions {
            let these =
                if in_time(place) { vec![Found { place, zone: None, former: None }] } else { self.succeeded(place) };
            for new in these {
                match found.iter_mut().find(|f| f.place.adcode == new.place.adcode) {
                    // Two names of one division in one year: the later one.
                    Some(old) if old.former.is_none() => *old = new,
                    Some(_) => {}
                    None => found.push(new),
                }
            }
        }
        found
    }

    fn zone_found<'a>(&'a self, zone: &'a Zone, on: Option<&str>) -> Option<Found<'a>> {
        let place = on.map_or_else(|| self.by_adcode(&zone.parent), |on| self.by_adcode_on(&zone.parent, on))?;
        Some(Found { place, zone: Some(zone), former: None })
    }

    /// What took over from `place`, through all changes since; itself where nothing is known to have.
    fn succeeded<'a>(&'a self, place: &'a Place) -> Vec<Found<'a>> {
        if place.in_force() {
            return vec![Found { place, zone: None, former: None }];
        }
        let mut seen = vec![place];
        let mut open = vec![place];
        let mut heirs: Vec<&Place> = Vec::new();
        while let Some(ended) = open.pop() {
            for heir in ended.successors.iter().filter_map(|code| self.by_adcode(code)) {
                if heir.in_force() && !heirs.contains(&heir) {
                    heirs.push(heir);
                } else if !heir.in_force() && !seen.contains(&heir) {
                    seen.push(heir);
                    open.push(heir);
                }
            }
        }
        if heirs.is_empty() {
            heirs.push(place);
        }
        heirs.sort_by(|a, b| a.adcode.cmp(&b.adcode));
        heirs.into_iter().map(|heir| Found { place: heir, zone: None, former: Some(place) }).collect()
    }
}

fn resolution(mut found: Vec<Found<'_>>) -> Resolution<'_> {
    match (found.len(), found.pop()) {
        (1, Some(one)) => Resolution::One(one),
        (_, last) => {
            found.extend(last);
            Resolution::Ambiguous(found)
        }
    }
}
