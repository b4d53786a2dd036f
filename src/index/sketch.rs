//! Sketches: what is kept of a document's wording so that near-copies of it are found.
//!
//! In: a text and its record. Out: [`Shingles`], all that the plan says in stretches of five characters, to compare two
//! documents exactly; and [`Sketch`], eighty bytes that tell which of a hundred thousand are worth comparing.
//!
//! Only clauses are read, so that navigation, news and page numbers around a plan do not count; signs, digits and script
//! are those of [`text::tidy`](crate::text::tidy). A text without clauses is read whole.

use crate::record::Document;
use crate::text::{SourceText, is_blank, tidy};

/// Characters of a shingle.
const GRAM: usize = 5;
/// Bits of a character in the window that slides over the text.
const CHAR_BITS: u32 = 21;
/// Slots of a sketch.
const BINS: usize = 64;
/// Bits that say which slot a shingle belongs to.
const BIN_SHIFT: u32 = u32::BITS - BINS.ilog2();

/// The different shingles of a document, as sorted hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shingles(Vec<u32>);

impl Shingles {
    /// Those of a document's clauses.
    pub fn of(text: &SourceText, document: &Document) -> Self {
        let mut hashes = Vec::with_capacity(text.len() as usize);
        if document.clauses.is_empty() {
            shingle(text.as_str(), &mut hashes);
        }
        for clause in &document.clauses {
            shingle(&text.wording(&clause.text), &mut hashes);
        }
        sort(&mut hashes);
        hashes.dedup();
        hashes.shrink_to_fit();
        Self(hashes)
    }

    /// Number of different shingles.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True without any.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of shingles that both have.
    pub fn shared(&self, other: &Self) -> usize {
        let mut others = other.0.iter().peekable();
        let has = |hash: &&u32| {
            while others.next_if(|other| other < hash).is_some() {}
            others.next_if_eq(hash).is_some()
        };
        self.0.iter().filter(has).count()
    }
}

/// Sorts hashes: many of them by counting, eleven bits at a time.
fn sort(hashes: &mut Vec<u32>) {
    const DIGITS: [u32; 3] = [0, 11, 22];
    if hashes.len() < 1 << 9 {
        return hashes.sort_unstable();
    }
    let digit = |hash: u32, shift: u32| (hash >> shift) as usize & 0x7ff;
    let mut places = vec![[0u32; 1 << 11]; DIGITS.len()];
    for hash in hashes.iter() {
        for (shift, places) in DIGITS.into_iter().zip(&mut places) {
            if let Some(count) = places.get_mut(digit(*hash, shift)) {
                *count += 1;
            }
        }
    }
    let mut sorted = vec![0; hashes.len()];
    for (shift, places) in DIGITS.into_iter().zip(&mut places) {
        let mut next = 0;
        for place in places.iter_mut() {
            next += std::mem::replace(place, next);
        }
        for hash in hashes.iter() {
            if let Some(place) = places.get_mut(digit(*hash, shift)) {
                if let Some(slot) = sorted.get_mut(*place as usize) {
                    *slot = *hash;
                }
                *place += 1;
            }
        }
        std::mem::swap(hashes, &mut sorted);
    }
}

/// Adds the hashes of a stretch's shingles.
fn shingle(stretch: &str, to: &mut Vec<u32>) {
    const WINDOW: u128 = (1 << (CHAR_BITS * GRAM as u32)) - 1;
    let mut window = 0u128;
    for (at, c) in stretch.chars().filter(|c| !is_blank(*c)).map(tidy).enumerate() {
        window = (window << CHAR_BITS | u128::from(u32::from(c))) & WINDOW;
        if at + 1 >= GRAM {
            to.push((mix(window as u64 ^ mix((window >> 64) as u64)) >> 32) as u32);
        }
    }
}

/// Spreads the bits of a number; what it gives is on disk and stays.
fn mix(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

/// The least that tells whether two documents may be copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sketch {
    /// Hash of the document number; 0 without one.
    pub number: u64,
    /// Day of issue as 20190311; 0 where no day is known.
    pub day: u32,
    /// Number of different shingles.
    pub size: u32,
    /// Of the shingles of each slot the smallest, in one byte; 0 where there are none (one-permutation min-hashing).
    bins: [u8; BINS],
}

impl Default for Sketch {
    fn default() -> Self {
        Self { number: 0, day: 0, size: 0, bins: [0; BINS] }
    }
}

impl Sketch {
    /// Bytes of a sketch on disk.
    pub const BYTES: usize = 16 + BINS;

    /// The sketch of a document. Without number and day nothing can be a copy of it, and its wording is not sketched.
    pub fn of(document: &Document, shingles: &Shingles) -> Self {
        let mut sketch = Self::unread(document);
        if sketch.is_telling() {
            sketch.size = shingles.len() as u32;
            for hash in &shingles.0 {
                // They are sorted: the first of a slot is its smallest.
                if let Some(bin @ 0) = sketch.bins.get_mut((hash >> BIN_SHIFT) as usize) {
                    *bin = 1 + (hash % 255) as u8;
                }
            }
        }
        sketch
    }

    /// Number and day alone.
    pub fn unread(document: &Document) -> Self {
        let number = document
            .number
            .as_deref()
            .and_then(number_key)
            .map_or(0, |number| number.chars().fold(0, |hash, c| mix(hash ^ u64::from(u32::from(c)))).max(1));
        let day = document.issued.as_deref().and_then(day_key).unwrap_or_default();
        Self { number, day, ..Self::default() }
    }

    /// True where the document has what a copy of it must share: a number or a day.
    pub fn is_telling(&self) -> bool {
        self.number != 0 || self.day != 0
    }

    /// About which share of the smaller document's shingles the larger one has; some points off either way.
    pub fn contained(&self, other: &Self) -> f64 {
        let (mut both, mut equal) = (0u32, 0u32);
        for (a, b) in self.bins.iter().zip(&other.bins) {
            both += u32::from(*a != 0 || *b != 0);
            equal += u32::from(*a != 0 && a == b);
        }
        // Of 255 different values one agrees by chance.
        let alike = (f64::from(equal) / f64::from(both.max(1)) - 1.0 / 255.0).max(0.0);
        let (a, b) = (f64::from(self.size), f64::from(other.size));
        (alike * (a + b) / ((1.0 + alike) * a.min(b).max(1.0))).min(1.0)
    }

    /// Sketches as a run of bytes.
    pub fn pack<'a>(sketches: impl Iterator<Item = &'a Self>) -> Vec<u8> {
        let mut out = Vec::new();
        for sketch in sketches {
            out.extend(sketch.number.to_le_bytes());
            out.extend(sketch.day.to_le_bytes());
            out.extend(sketch.size.to_le_bytes());
            out.extend(sketch.bins);
        }
        out
    }

    /// The sketches of such a run; the error is half a sentence.
    pub fn unpack(bytes: &[u8]) -> Result<Vec<Self>, String> {
        let (sketches, rest) = bytes.as_chunks::<{ Self::BYTES }>();
        if !rest.is_empty() {
            return Err("end in the middle of one".to_owned());
        }
        let read = |bytes: &[u8; Self::BYTES]| {
            let (number, rest) = bytes.split_first_chunk()?;
            let (day, rest) = rest.split_first_chunk()?;
            let (size, rest) = rest.split_first_chunk()?;
            Some(Self {
                number: u64::from_le_bytes(*number),
                day: u32::from_le_bytes(*day),
                size: u32::from_le_bytes(*size),
                bins: *rest.first_chunk()?,
            })
        };
        sketches.iter().map(|bytes| read(bytes).ok_or_else(|| "are cut off".to_owned())).collect()
    }
}

/// A document number as it is compared: tidied, and only with its issuing code, its year and its ordinal. 〔2019〕13号
/// without a code is anybody's.
pub fn number_key(number: &str) -> Option<String> {
    let number: String = number.chars().filter(|c| !is_blank(*c)).map(tidy).collect();
    let (code, rest) = number.split_once('〔')?;
    let (year, ordinal) = rest.split_once('〕')?;
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let whole = code.chars().any(char::is_alphabetic) && digits(year) && ordinal.strip_suffix('号').is_some_and(digits);
    whole.then_some(number)
}

/// A day as a number: 2019-03-11 is 20190311. A month or a year is no day, nor is what no calendar has.
fn day_key(issued: &str) -> Option<u32> {
    let parts: Vec<u32> = issued.split('-').map(str::parse).collect::<Result<_, _>>().ok()?;
    match *parts.as_slice() {
        [year @ ..10_000, month @ ..100, day @ ..100] => Some((year * 100 + month) * 100 + day),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shingles(text: &str) -> Shingles {
        Shingles::of(&SourceText::new(text), &Document::default())
    }

    /// A text of so many characters, no two stretches alike.
    fn prose(from: u32, length: u32) -> String {
        (from..from + length).filter_map(|n| char::from_u32(0x4e00 + (mix(u64::from(n)) % 20_000) as u32)).collect()
    }

    fn dated() -> Document {
        Document { issued: Some("2019-03-11".to_owned()), ..Document::default() }
    }

    #[test]
    fn shingles_are_five_characters_however_they_are_printed() {
        assert_eq!(shingles("推進支付方式").len(), 2);
        assert_eq!(shingles("推進支付\n 方式，").0, shingles("推进支付方式,").0);
        assert!(shingles("推进支付").is_empty());
        assert_eq!(shingles("推进支付方式").shared(&shingles("推进支付方法")), 1);
        let (a, b) = (shingles(&prose(0, 2000)), shingles(&prose(500, 2000)));
        assert_eq!((a.shared(&b), b.shared(&a)), (1496, 1496));
    }

    #[test]
    fn hashes_are_sorted_as_numbers() {
        for count in [0, 1, 511, 512, 9_000] {
            let mut hashes: Vec<u32> = (0..count).map(|n| (mix(n % 700) >> 32) as u32).chain([u32::MAX, 0]).collect();
            let mut expected = hashes.clone();
            expected.sort_unstable();
            sort(&mut hashes);
            assert_eq!(hashes, expected, "{count}");
        }
    }

    #[test]
    fn a_sketch_tells_about_how_much_is_shared() {
        let sketch = |from, length| Sketch::of(&dated(), &shingles(&prose(from, length)));
        for (from, length, share) in
            [(0, 4000, 1.0), (400, 4000, 0.9), (0, 2000, 1.0), (2000, 4000, 0.5), (9000, 4000, 0.0)]
        {
            let found = sketch(0, 4000).contained(&sketch(from, length));
            assert!((found - share).abs() < 0.16, "{from} {length}: {found} for {share}");
        }
        assert!(Sketch::default().contained(&Sketch::default()) < 0.01);
    }

    #[test]
    fn sketches_are_kept_byte_for_byte() {
        let numbered = Document { number: Some("江府办〔2019〕13号".to_owned()), ..dated() };
        let sketches = [Sketch::default(), Sketch::of(&numbered, &shingles(&prose(0, 900)))];
        let bytes = Sketch::pack(sketches.iter());
        assert_eq!(Sketch::unpack(&bytes), Ok(sketches.to_vec()));
        assert!(Sketch::unpack(&bytes[1..]).is_err());
        assert_eq!((sketches[1].day, sketches[1].size), (20_190_311, 896));
        // Where this fails, sketches on disk mean something else than those made now.
        assert_eq!(crc32fast::hash(&bytes), GOLDEN);
    }

    const GOLDEN: u32 = 2_997_887_509;

    #[test]
    fn a_number_needs_its_code_and_a_day_its_day() {
        for (number, key) in [
            ("江府办〔2019〕13号", Some("江府办〔2019〕13号")),
            ("粵府辦〔２０１９〕13號", Some("粤府办〔2019〕13号")),
            ("〔2019〕13号", None),
            ("第13号", None),
            ("江府办〔2019〕号", None),
        ] {
            assert_eq!(number_key(number).as_deref(), key, "{number}");
        }
        assert_eq!([day_key("2019-03-11"), day_key("2019-03"), day_key("2019")], [Some(20_190_311), None, None]);
        // A record that was read elsewhere may say anything.
        assert_eq!([day_key("4294967295-1-1"), day_key("2019-4294967295-1")], [None, None]);
    }
}
