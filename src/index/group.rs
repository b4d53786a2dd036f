//! Groups: a few documents' texts, or their records, compressed together.
//!
//! Single documents compress badly and make small values; a group is about as large as a value should be, and reading
//! one document reads one group.

use super::bytes::{Reader, put_varint};

/// A group takes documents until their texts have so many bytes.
pub const GROUP_BYTES: usize = 96 << 10;

const LEVEL: i32 = 3;
/// A group is never larger; what says so is damaged.
const LIMIT: usize = 1 << 28;

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
    zstd::bulk::compress(bytes, LEVEL).map_err(|e| format!("cannot be compressed ({e})"))
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
}
