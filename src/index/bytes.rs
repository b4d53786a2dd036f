//! Bytes of a column: varints and fixed-width integers, read with every doubt an error.

/// What is wrong with a column's bytes, as half a sentence.
pub(super) type Fault = &'static str;

const CUT: Fault = "ends too early";

/// Appends an unsigned number, seven bits a byte.
pub(super) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Reads what the functions above wrote.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub fn byte(&mut self) -> Result<u8, Fault> {
        let (first, rest) = self.rest.split_first().ok_or(CUT)?;
        self.rest = rest;
        Ok(*first)
    }

    pub fn take(&mut self, n: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.rest.split_at_checked(n).ok_or(CUT)?;
        self.rest = rest;
        Ok(taken)
    }

    pub fn varint(&mut self) -> Result<u64, Fault> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err("holds a number that is too long")
    }

    /// A number of things that each take at least a byte of what is left (so that none is believed blindly).
    pub fn count(&mut self) -> Result<usize, Fault> {
        let count = self.varint()? as usize;
        if count > self.rest.len() { Err(CUT) } else { Ok(count) }
    }

    /// A number of bytes, at most `limit`.
    pub fn count_of(&mut self, limit: usize) -> Result<usize, Fault> {
        let count = self.varint()? as usize;
        if count > limit { Err("holds a number that is too large") } else { Ok(count) }
    }

    /// What is left.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub fn number(&mut self) -> Result<u32, Fault> {
        u32::try_from(self.varint()?).map_err(|_| "holds a number that is too large")
    }

    /// Nothing may be left.
    pub fn finish(self) -> Result<(), Fault> {
        if self.rest.is_empty() { Ok(()) } else { Err("has bytes behind its end") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        let mut out = Vec::new();
        let unsigned = [0, 1, 127, 128, 1 << 20, u64::MAX];
        for v in unsigned {
            put_varint(&mut out, v);
        }
        let mut reader = Reader::new(&out);
        assert!(unsigned.iter().all(|v| reader.varint() == Ok(*v)));
        assert_eq!(reader.finish(), Ok(()));
        assert!(Reader::new(&[0x80; 11]).varint().is_err());
        assert!(Reader::new(&[200, 1, 0]).count().is_err());
    }
}
