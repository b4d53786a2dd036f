//! Groups: a few documents' texts, or their records, in one run of bytes.
//!
//! Single documents make small values, which the engine is slow at; a group is about as large as a value should be. Each
//! text of a group is compressed for itself, with a dictionary of the words that such documents are made of, so that one
//! document is read without its neighbours. Records are compressed together.

use super::bytes::{Reader, put_varint};
use std::cell::RefCell;
use std::io;
use std::ops::Range;
use std::sync::LazyLock;
use std::thread::LocalKey;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

/// A group takes documents until their texts have so many bytes.
const GROUP_BYTES: usize = 48 << 10;

/// The first group of what is left: so many things, at least one, whose texts have these bytes.
pub fn group_size(texts: impl Iterator<Item = usize>) -> usize {
    let mut bytes = 0;
    let fits = texts.take_while(|text| {
        let before = bytes;
        bytes += text;
        before == 0 || bytes <= GROUP_BYTES
    });
    fits.count().max(1)
}

const LEVEL: i32 = 3;
/// A group is never larger; what says so is damaged.
const LIMIT: usize = 1 << 28;

/// What plans are made of, for the compressor (`examples/dictionary.rs` makes it). Texts on disk need the very bytes
/// that they were written with: another dictionary is another file and another letter in front of the group.
static DICTIONARY: &[u8] = include_bytes!("plans.zdict");
/// The letter of groups whose texts are compressed one by one with [`DICTIONARY`].
const ONE_BY_ONE: u8 = b'd';

static TO_WRITE: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, LEVEL));
static TO_READ: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));

thread_local! {
    /// A decompressor is 100 KiB of tables; making one takes longer than reading a document.
    static READING: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
    /// A compressor is a megabyte that the system clears: one a thread, for all that it writes.
    static WRITING: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    /// The same with the dictionary.
    static WRITING_TEXTS: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
}

/// Calls `work` with a thread's compressor, made where there is none.
fn writing<T>(
    kept: &'static LocalKey<RefCell<Option<Compressor<'static>>>>,
    make: impl FnOnce() -> io::Result<Compressor<'static>>,
    work: impl FnOnce(&mut Compressor<'static>) -> io::Result<T>,
) -> Result<T, String> {
    kept.with_borrow_mut(|compressor| match compressor {
        Some(compressor) => work(compressor),
        None => work(compressor.insert(make()?)),
    })
    .map_err(|e| format!("cannot be compressed ({e})"))
}

/// Packs texts into one run of bytes: a letter, the number of texts, their lengths before and after, and each compressed.
pub fn pack_texts<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Result<Vec<u8>, String> {
    let mut out = vec![ONE_BY_ONE];
    put_varint(&mut out, texts.clone().count() as u64);
    let mut frames = Vec::new();
    let with_dictionary = || {
        let mut compressor = Compressor::with_prepared_dictionary(&TO_WRITE)?;
        compressor.include_checksum(false).map(|()| compressor)
    };
    writing(&WRITING_TEXTS, with_dictionary, |compressor| {
        for text in texts {
            let frame = compressor.compress(text.as_bytes())?;
            put_varint(&mut out, text.len() as u64);
            put_varint(&mut out, frame.len() as u64);
            frames.extend(frame);
        }
        Ok(())
    })?;
    out.extend(frames);
    Ok(out)
}

/// All texts of a group.
pub fn unpack_texts(bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let mut reader = Reader::new(bytes);
    reader.byte()?;
    let count = reader.number()?;
    let text = |slot| {
        let mut text = Vec::new();
        unpack_text(bytes, slot, &mut text).map(|()| text)
    };
    (0..count).map(text).collect()
}

/// Unpacks the text in a slot of a group into `out`, in place of what is there.
pub fn unpack_text(bytes: &[u8], slot: u32, out: &mut Vec<u8>) -> Result<(), String> {
    let mut reader = Reader::new(bytes);
    if reader.byte()? != ONE_BY_ONE {
        return Err("are packed in an unknown way".to_owned());
    }
    let count = reader.count()?;
    let (mut length, mut frame, mut behind): (usize, Range<usize>, usize) = (0, 0..0, 0);
    for at in 0..count {
        let (raw, packed) = (reader.count_of(LIMIT)?, reader.count_of(LIMIT)?);
        if at == slot as usize {
            (length, frame) = (raw, behind..behind + packed);
        }
        behind += packed;
    }
    if slot as usize >= count {
        return Err(format!("hold no text {slot}"));
    }
    if reader.rest().len() != behind {
        return Err("have another length than they say".to_owned());
    }
    let frame = reader.rest().get(frame).unwrap_or_default();
    out.clear();
    out.reserve_exact(length);
    let cannot = |e: std::io::Error| format!("cannot be decompressed ({e})");
    let written = READING.with_borrow_mut(|reading| {
        let reading = match reading {
            Some(reading) => reading,
            None => reading.insert(Decompressor::with_prepared_dictionary(&TO_READ).map_err(cannot)?),
        };
        reading.decompress_to_buffer(frame, out).map_err(cannot)
    })?;
    if written == length { Ok(()) } else { Err("are shorter than they say".to_owned()) }
}

/// Packs parts into one run of bytes: number of parts, their lengths, and all of them compressed.
pub fn pack_group<'a>(parts: impl Iterator<Item = &'a [u8]> + Clone) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    put_varint(&mut out, parts.clone().count() as u64);
    let mut all = Vec::new();
    for part in parts {
        put_varint(&mut out, part.len() as u64);
        all.extend_from_slice(part);
    }
    out.extend(compress(&all)?);
    Ok(out)
}

/// The parts of a run of bytes.
pub fn unpack_group(bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let mut reader = Reader::new(bytes);
    let count = reader.count()?;
    let lengths = (0..count).map(|_| reader.count_of(LIMIT)).collect::<Result<Vec<_>, _>>()?;
    let all = decompress(reader.rest(), lengths.iter().sum())?;
    let mut rest = &all[..];
    let mut parts = Vec::with_capacity(count);
    for length in lengths {
        let (part, behind) = rest.split_at_checked(length).ok_or("is shorter than it says")?;
        parts.push(part.to_vec());
        rest = behind;
    }
    if rest.is_empty() { Ok(parts) } else { Err("is longer than it says".to_owned()) }
}

/// Compresses bytes.
pub fn compress(bytes: &[u8]) -> Result<Vec<u8>, String> {
    writing(&WRITING, || Compressor::new(LEVEL), |compressor| compressor.compress(bytes))
}

/// Gives compressed bytes back; they must be `length`.
pub fn decompress(bytes: &[u8], length: usize) -> Result<Vec<u8>, String> {
    if length > LIMIT {
        return Err("is longer than anything we write".to_owned());
    }
    let out = zstd::bulk::decompress(bytes, length).map_err(|e| format!("cannot be decompressed ({e})"))?;
    if out.len() == length { Ok(out) } else { Err("is shorter than it says".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back() {
        for parts in [vec![], vec![&b""[..]], vec![&b"ab"[..], b"", b"abc"]] {
            let bytes = pack_group(parts.iter().copied()).unwrap();
            assert_eq!(unpack_group(&bytes).unwrap(), parts);
            assert!(unpack_group(&bytes[..bytes.len() - 1]).is_err());
        }
        assert!(unpack_group(&[1, 255, 255, 255, 255, 255, 255, 1]).is_err());
    }

    #[test]
    fn a_text_comes_back_alone() {
        let long = "市卫生健康委员会、市医疗保障局按职责分工负责。".repeat(99);
        let texts = ["", &long, "推进支付方式改革"];
        let bytes = pack_texts(texts.iter().copied()).unwrap();
        let mut out = Vec::new();
        for (slot, text) in (0..).zip(texts) {
            unpack_text(&bytes, slot, &mut out).unwrap();
            assert_eq!(out, text.as_bytes());
        }
        assert_eq!(unpack_texts(&bytes).unwrap(), texts.map(str::as_bytes));
        assert!(unpack_text(&bytes, 3, &mut out).is_err());
        for end in 0..bytes.len() {
            assert!(unpack_text(&bytes[..end], 1, &mut out).is_err(), "cut at {end}");
        }
    }

    /// Where this fails, every ledger that was written before becomes unreadable.
    #[test]
    fn the_dictionary_never_changes() {
        assert_eq!((DICTIONARY.len(), crc32fast::hash(DICTIONARY)), (49152, 2_188_955_652));
    }
}
