use super::*;
use crate::lexicon::Lexicon;
use crate::text::Passage;
pub fn extract(
    _p: &Passage,
    _b: &[Range<usize>],
    _l: &[(Range<usize>, Range<usize>)],
    _c: &Context,
    _x: &Lexicon,
) -> (Vec<TargetFact>, Vec<MilestoneFact>) {
    (vec![], vec![])
}
