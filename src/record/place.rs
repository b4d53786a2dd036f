//! Jurisdiction: where a document applies.
//!
//! In: head and opening words. Out: the place of the body that issued it, else the place that its title names, else
//! the one its number begins with. A name that several places share is settled by the number and by the places that
//! the text names; where nothing settles it, nothing is said.

use super::{Jurisdiction, Level};
use crate::lexicon::{Found, Lexicon};
use crate::outline::head::Head;

/// The place of a document; `opening` is what stands before its outline, tidied.
pub fn jurisdiction(head: &Head, opening: &str, lexicon: &Lexicon) -> Option<Jurisdiction> {
    let on = head.issued.map(|date| date.to_string());
    let on = on.as_deref();
    let places = lexicon.places();
    let titles = [&head.title, &head.plan_title].into_iter().flatten();
    let from_issuers = head.issuers.iter().map(|issuer| lexicon.issuer_place(issuer, on));
    let from_titles = titles.clone().map(|title| lexicon.issuer_place(title, on));
    let in_titles = titles
        .flat_map(|title| places.mentions(title, on))
        .map(|(_, named)| named.into_iter().map(|p| p.found).collect());
    let mut evidence: Vec<Vec<Found<'_>>> = from_issuers.chain(from_titles).chain(in_titles).collect();
    evidence.retain(|found| !found.is_empty());

    let number = head.number.as_deref().unwrap_or_default();
    let settle = |found: &[Found<'_>]| -> Option<Jurisdiction> {
        if let [one] = found {
            return Some(named(one));
        }
        let by_number = |f: &&Found<'_>| {
            places
                .from_number_prefix(number, Some(&f.place.adcode))
                .iter()
                .any(|p| places.within(&f.place.adcode, &p.adcode))
        };
        let agreed: Vec<&Found<'_>> = found.iter().filter(by_number).collect();
        if let ([one], false) = (agreed.as_slice(), number.is_empty()) {
            return Some(named(one));
        }
        let above = |f: &&Found<'_>| {
            places.ancestors(&f.place.adcode).any(|p| &*p.adcode != "100000" && opening.contains(&*p.short))
        };
        match found.iter().filter(above).collect::<Vec<_>>().as_slice() {
            [one] => Some(named(one)),
            _ => None,
        }
    };
    evidence.iter().find_map(|found| settle(found)).or_else(|| of_the_state(opening, lexicon)).or_else(|| {
        let letters = places.from_number_prefix(number, None);
        match letters.as_slice() {
            [place] => Some(named(&Found { place, zone: None, former: None })),
            _ => places.mentions(opening, on).into_iter().find_map(|(at, mut named)| {
                // 长治久安, 教育惠民: in prose only a province goes by its short name.
                named.retain(|p| {
                    let words = opening.get(at..at + p.len).unwrap_or_default();
                    p.found.place.level == Level::Province
                        || words.ends_with(['省', '市', '区', '县', '州', '盟', '旗'])
                });
                settle(&named.into_iter().map(|p| p.found).collect::<Vec<_>>())
            }),
        }
    })
}

/// Who writes to 各省、自治区、直辖市 speaks for the state.
fn of_the_state(opening: &str, lexicon: &Lexicon) -> Option<Jurisdiction> {
    let addressed = opening.contains("各省、自治区、直辖市")
        || opening.contains("各省(自治区、直辖市)")
        || opening.contains("各省(区、市)");
    let state = lexicon.places().by_adcode("100000")?;
    addressed.then(|| named(&Found { place: state, zone: None, former: None }))
}

fn named(found: &Found<'_>) -> Jurisdiction {
    let place = found.former.unwrap_or(found.place);
    Jurisdiction {
        adcode: place.adcode.to_string(),
        name: place.name.to_string(),
        level: place.level,
        zone: found.zone.map(|zone| zone.id.to_string()),
    }
}

/// The word that bodies of a place begin with where they leave its name out; none for the state.
pub fn level_word(place: &Jurisdiction) -> Option<char> {
    match place.level {
        Level::Country => None,
        Level::Province if place.name.ends_with('市') => Some('市'),
        Level::Province => Some('省'),
        Level::Prefecture => Some(if place.name.ends_with('州') { '州' } else { '市' }),
        Level::County => place.name.chars().last().filter(|c| matches!(c, '区' | '县' | '市' | '旗')),
    }
}
