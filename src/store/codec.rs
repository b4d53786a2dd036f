//! Codec: values to bytes in an envelope, and back with every doubt an error.
//!
//! ```text
//! "TZ" · kind u8 · version u8 · length u32 · CRC-32 u32 · payload        (little-endian)
//! ```
//!
//! The checksum covers kind, version, length and payload. The payload is bincode with fixed-size integers, a limit and
//! no trailing bytes. There is no schema evolution in bincode: a changed shape is a new version, with a struct of its own.

use bincode::Options;
use serde::Serialize;
use serde::de::DeserializeOwned;

const MAGIC: &[u8; 2] = b"TZ";
const HEADER: usize = 12;

/// No payload is longer.
pub const PAYLOAD_LIMIT: u64 = 1 << 28;

/// What a value is. The numbers are on disk: never reuse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// What is kept of a document beside text and facts.
    Head = 1,
    /// A piece of a longer run of bytes.
    Chunk = 2,
    /// Where the columns of a block are.
    Directory = 3,
    /// The document that an id names.
    Entry = 4,
    /// Which documents are gone.
    Gone = 5,
    /// The state of the ledger after a commit.
    Generation = 6,
    /// The witness file.
    Witness = 7,
    /// What facts were read with.
    Reading = 8,
    /// Nothing beyond its key.
    Present = 9,
    /// What a run of postings holds.
    Run = 16,
    /// Where a value is that stands in a pack.
    Place = 17,
    /// The packs of the store.
    Packs = 18,
    /// Keys and values of a published ledger.
    Page = 19,
    /// Where its pages are.
    Index = 20,
    /// All that was read in a document, on its way from one ledger to another.
    Record = 32,
    /// What somebody said of a row.
    Correction = 33,
    /// How far the work is that a row hands out.
    Progress = 34,
}

/// A value that is kept on disk.
pub trait Stored: Sized {
    /// What it is.
    const KIND: Kind;
    /// Version of its shape.
    const VERSION: u8;
    /// The payload; the error is half a sentence.
    fn to_payload(&self) -> Result<Vec<u8>, String>;
    /// The value of a payload; the error is half a sentence.
    fn from_payload(payload: &[u8]) -> Result<Self, String>;
}

/// Declares a type as stored in bincode.
macro_rules! stored {
    ($type:ty, $kind:ident, $version:literal) => {
        impl $crate::store::Stored for $type {
            const KIND: $crate::store::Kind = $crate::store::Kind::$kind;
            const VERSION: u8 = $version;

            fn to_payload(&self) -> Result<Vec<u8>, String> {
                $crate::store::pack(self)
            }

            fn from_payload(payload: &[u8]) -> Result<Self, String> {
                $crate::store::unpack(payload)
            }
        }
    };
}
pub(crate) use stored;

fn options() -> impl Options {
    bincode::DefaultOptions::new().with_fixint_encoding().with_limit(PAYLOAD_LIMIT)
}

/// A value's bytes, without an envelope.
pub fn pack<T: Serialize>(value: &T) -> Result<Vec<u8>, String> {
    options().serialize(value).map_err(|e| format!("cannot be encoded ({e})"))
}

/// The value of exactly these bytes.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    options().deserialize(bytes).map_err(|e| format!("cannot be decoded ({e})"))
}

/// A value in its envelope.
pub fn encode<T: Stored>(value: &T) -> Result<Vec<u8>, String> {
    Ok(wrap(T::KIND, T::VERSION, &value.to_payload()?))
}

/// The value in an envelope of its kind.
pub fn decode<T: Stored>(bytes: &[u8]) -> Result<T, String> {
    T::from_payload(unwrap(T::KIND, T::VERSION, bytes)?)
}

/// A payload in its envelope.
fn wrap(kind: Kind, version: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER + payload.len());
    out.extend_from_slice(MAGIC);
    out.push(kind as u8);
    out.push(version);
    out.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    out.extend_from_slice(&checksum(kind as u8, version, payload).to_le_bytes());
    out.extend_from_slice(payload);
    out
}

/// True for the envelope of a value's place, in the value's own place.
pub fn is_place(bytes: &[u8]) -> bool {
    bytes.get(2) == Some(&(Kind::Place as u8))
}

/// The checksum that an envelope states.
pub fn checksum_of(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(8..HEADER)?.first_chunk()?))
}

/// Whether an envelope is whole, whatever is in it; the error is half a sentence.
pub fn verify(bytes: &[u8]) -> Result<(), String> {
    open(bytes).map(drop)
}

fn checksum(kind: u8, version: u8, payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&[kind, version]);
    hasher.update(&(payload.len() as u32).to_le_bytes());
    hasher.update(payload);
    hasher.finalize()
}

/// The payload of an envelope of this kind and version.
fn unwrap(kind: Kind, version: u8, bytes: &[u8]) -> Result<&[u8], String> {
    let (found_kind, found_version, payload) = open(bytes)?;
    if found_kind != kind as u8 {
        return Err(format!("is of kind {found_kind} where {} was expected", kind as u8));
    }
    if found_version != version {
        return Err(format!("has version {found_version} where {version} was expected"));
    }
    Ok(payload)
}

/// Kind, version and payload of an envelope that is whole.
fn open(bytes: &[u8]) -> Result<(u8, u8, &[u8]), String> {
    let Some((header, payload)) = bytes.split_at_checked(HEADER) else {
        return Err(format!("is cut off after {} bytes", bytes.len()));
    };
    let [b'T', b'Z', found_kind, found_version, l0, l1, l2, l3, c0, c1, c2, c3] = *header else {
        return Err("does not begin as a value of a ledger".to_owned());
    };
    if u32::from_le_bytes([l0, l1, l2, l3]) as usize != payload.len() {
        return Err("has another length than it says".to_owned());
    }
    if u32::from_le_bytes([c0, c1, c2, c3]) != checksum(found_kind, found_version, payload) {
        return Err("fails its checksum".to_owned());
    }
    Ok((found_kind, found_version, payload))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        number: u32,
        name: String,
        year: Option<i16>,
    }
    stored!(Sample, Entry, 1);

    fn sample() -> Sample {
        Sample { number: 7, name: "江门".to_owned(), year: Some(2019) }
    }

    #[test]
    fn the_bytes_of_an_envelope_never_change() {
        let mut golden = b"TZ\x04\x01\x15\0\0\0\x3c\xa4\x63\x2e".to_vec();
        golden.extend(b"\x07\0\0\0\x06\0\0\0\0\0\0\0\xe6\xb1\x9f\xe9\x97\xa8\x01\xe3\x07");
        assert_eq!(encode(&sample()).unwrap(), golden);
    }

    #[test]
    fn what_is_cut_lengthened_or_flipped_is_refused() {
        let bytes = encode(&sample()).unwrap();
        assert_eq!(decode::<Sample>(&bytes), Ok(sample()));
        for end in 0..bytes.len() {
            assert!(decode::<Sample>(&bytes[..end]).is_err(), "cut at {end}");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(decode::<Sample>(&longer).is_err());
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(decode::<Sample>(&flipped).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn a_payload_with_something_behind_it_is_refused() {
        let mut payload = sample().to_payload().unwrap();
        payload.push(0);
        let bytes = wrap(Sample::KIND, Sample::VERSION, &payload);
        assert!(decode::<Sample>(&bytes).unwrap_err().contains("cannot be decoded"));
    }

    #[test]
    fn another_kind_or_version_is_refused() {
        let payload = sample().to_payload().unwrap();
        assert!(decode::<Sample>(&wrap(Kind::Head, 1, &payload)).unwrap_err().contains("kind"));
        assert!(decode::<Sample>(&wrap(Kind::Entry, 2, &payload)).unwrap_err().contains("version"));
    }
}
