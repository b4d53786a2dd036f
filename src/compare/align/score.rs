//! Score: from what two clauses have in common to how surely they hand out the same work.
//!
//! In: [`Evidence`], a handful of likenesses between 0 and 1. Out: a score between 0 and 1; [`THRESHOLD`] parts counterparts from
//! the rest. The weights are round numbers near those of a logistic regression on clauses aligned by hand
//! (`tests/align_gold.rs` fits it again, leaving each pair of documents out); none belongs to a single word.

/// What two clauses have in common.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Evidence {
    /// Cosine of their pairs of characters, each weighed by its rarity, those of the heading more.
    pub text: f32,
    /// How much of either heading stands in the other clause: the geometric mean of both ways.
    pub heading: f32,
    /// Cosine of their terms; none where one has none.
    pub terms: Option<f32>,
    /// Cosine of their topics, the primary heaviest; none where one has none.
    pub topics: Option<f32>,
    /// Cosine of the functions that are to do it, leads heaviest.
    pub functions: f32,
    /// True where both cite the same document.
    pub citation: bool,
    /// True where both set a target for the same indicator.
    pub indicator: bool,
}

/// Score from which on clauses are counterparts.
pub const THRESHOLD: f64 = 0.5;

const TEXT: f64 = 3.0;
const HEADING: f64 = 3.5;
const TERMS: f64 = 9.0;
const TOPICS: f64 = 5.5;
const FUNCTIONS: f64 = 2.0;
const CITATION: f64 = 0.5;
const INDICATOR: f64 = 1.0;
const BASE: f64 = -5.1;
/// Makes scores easier to tell apart near 0 and 1.
const SPREAD: f64 = 2.0;

/// Evidence of nothing in common.
pub(crate) const NOTHING: f64 = BASE;

impl Evidence {
    /// The evidence as numbers: text, heading, terms, topics, functions, citation, indicator.
    ///
    /// Where the tables have no word for one of the clauses, the text stands in for what they would say.
    pub fn features(&self) -> [f64; 7] {
        let root = |x: f32| f64::from(x.clamp(0.0, 1.0)).sqrt();
        let (text, heading) = (root(self.text), root(self.heading));
        let stand_in = (0.8 * text + 0.2 * heading).min(1.0);
        let or_text = |x: Option<f32>| x.map_or(stand_in, f64::from);
        let flag = |x: bool| f64::from(u8::from(x));
        [
            text,
            heading,
            or_text(self.terms),
            or_text(self.topics),
            f64::from(self.functions),
            flag(self.citation),
            flag(self.indicator),
        ]
    }

    /// Log odds that the clauses hand out the same work.
    pub fn odds(&self) -> f64 {
        let weights = [TEXT, HEADING, TERMS, TOPICS, FUNCTIONS, CITATION, INDICATOR];
        BASE + self.features().iter().zip(weights).map(|(x, weight)| x * weight).sum::<f64>()
    }

    /// The score.
    pub fn score(&self) -> f64 {
        score(self.odds())
    }
}

/// The score of log odds.
pub(crate) fn score(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds / SPREAD).exp())
}

/// The log odds of a score.
pub(super) fn odds(score: f64) -> f64 {
    let score = score.clamp(1e-9, 1.0 - 1e-9);
    SPREAD * (score / (1.0 - score)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_and_odds_are_each_others_inverse() {
        for x in [-5.0, -0.3, 0.0, 2.0, 7.5] {
            assert!((odds(score(x)) - x).abs() < 1e-9);
        }
        assert!((score(odds(THRESHOLD)) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn more_in_common_scores_more() {
        let none = Evidence { terms: Some(0.0), topics: Some(0.0), ..Evidence::default() };
        let some = Evidence { text: 0.1, heading: 0.3, terms: Some(0.5), topics: Some(0.5), ..none };
        assert!(none.score() < 0.1 && none.score() < some.score() && some.score() > THRESHOLD);
        assert!(some.score() < Evidence { citation: true, ..some }.score());
        assert!(some.score() < Evidence { functions: 0.5, ..some }.score());
    }

    #[test]
    fn a_text_speaks_for_itself_where_tables_are_silent() {
        let alike = Evidence { text: 0.4, heading: 0.6, ..Evidence::default() };
        let silent = Evidence { terms: Some(0.0), topics: Some(0.0), ..alike };
        assert!(alike.score() > THRESHOLD && silent.score() < alike.score());
    }
}
