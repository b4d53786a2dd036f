//! Seats: the governments that a block's documents come from, each once, under the codes in force.

use super::column::Values;
use super::plane::Plane;
use std::collections::BTreeMap;

/// A government.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Code in force.
    pub adcode: Box<str>,
    /// The same as a number, where it is one of six digits; else 0.
    pub code: u32,
    /// Its zone, where it is one's.
    pub zone: Option<Box<str>>,
    /// Name as documents have it: under the code in force where one has, else under an old one.
    pub name: Box<str>,
    /// True where `name` is that under the code in force.
    pub by_own_code: bool,
}

/// The governments of a block, and which of them is each document's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seats {
    all: Vec<Seat>,
    /// 0 for none, else the seat's position plus one.
    of: Plane,
}

/// A code of six digits as a number; 0 for any other.
pub fn number_of_code(adcode: &str) -> u32 {
    if adcode.len() == 6 && adcode.bytes().all(|b| b.is_ascii_digit()) { adcode.parse().unwrap_or_default() } else { 0 }
}

impl Seats {
    /// Reads them from the columns of the documents.
    pub(super) fn of(adcodes: &Values, zones: &Values, names: &Values, in_force: &dyn Fn(&str) -> String) -> Self {
        let mut codes: BTreeMap<&str, String> = BTreeMap::new();
        let mut known: BTreeMap<(String, Option<&str>), u32> = BTreeMap::new();
        let mut all: Vec<Seat> = Vec::new();
        let mut of = Vec::with_capacity(adcodes.len());
        for document in 0..adcodes.len() {
            let Some(printed) = adcodes.text(document) else {
                of.push(0);
                continue;
            };
            let adcode = codes.entry(printed).or_insert_with(|| in_force(printed)).clone();
            let (zone, name) = (zones.text(document), names.text(document).unwrap_or_default());
            let by_own_code = printed == adcode;
            let at = *known.entry((adcode.clone(), zone)).or_insert_with(|| {
                let (code, zone) = (number_of_code(&adcode), zone.map(Box::from));
                all.push(Seat { code, adcode: adcode.into(), zone, name: name.into(), by_own_code });
                all.len() as u32
            });
            if by_own_code && let Some(seat) = all.get_mut(at as usize - 1).filter(|seat| !seat.by_own_code) {
                (seat.name, seat.by_own_code) = (name.into(), true);
            }
            of.push(at);
        }
        Self { all, of: Plane::of_u32(&of) }
    }

    /// The governments.
    pub fn all(&self) -> &[Seat] {
        &self.all
    }

    /// Position of a document's government.
    pub fn position(&self, document: u32) -> Option<usize> {
        (self.of.get(document as usize)? as usize).checked_sub(1)
    }

    /// A document's government.
    pub fn get(&self, document: u32) -> Option<&Seat> {
        self.all.get(self.position(document)?)
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        64 + self.all.len() * 96 + self.of.bytes()
    }
}
