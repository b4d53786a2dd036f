//! Writing a corpus to disk.
//!
//! In: a folder and a range of plans. Out: their files, a thousand a folder, and `index.csv` with their metadata. Plans are
//! made and written side by side; what is written is the same however many threads write it.

use super::{Corpus, Metadata, Plan};
use crate::error::{Error, ErrorKind, Result};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Plans of one file folder, and of one thread's turn.
const SHARD: u64 = 1000;

/// Writes the plans of a range into `folder`; gives their bytes.
pub fn write(corpus: &Corpus, folder: &Path, range: Range<u64>, threads: usize) -> Result<u64> {
    let next = AtomicU64::new(range.start / SHARD);
    let shards = range.start / SHARD..range.end.div_ceil(SHARD);
    let work = || -> Result<Vec<(u64, u64, Vec<u8>)>> {
        let mut done = Vec::new();
        loop {
            let shard = next.fetch_add(1, Ordering::Relaxed);
            if !shards.contains(&shard) {
                return Ok(done);
            }
            let own = (shard * SHARD).max(range.start)..((shard + 1) * SHARD).min(range.end);
            done.push(write_shard(corpus, folder, shard, own)?);
        }
    };
    std::fs::create_dir_all(folder).map_err(|e| unwritable(folder, &e))?;
    let mut done: Vec<(u64, u64, Vec<u8>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        let ended =
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        ended.collect::<Result<Vec<_>>>()
    })?
    .into_iter()
    .flatten()
    .collect();
    done.sort_unstable_by_key(|(shard, ..)| *shard);
    let mut index = ["id", "file"].iter().chain(&Metadata::NAMES).copied().collect::<Vec<_>>().join(",").into_bytes();
    index.push(b'\n');
    index.extend(done.iter().flat_map(|(_, _, rows)| rows));
    let file = folder.join("index.csv");
    std::fs::write(&file, index).map_err(|e| unwritable(&file, &e))?;
    Ok(done.iter().map(|(_, bytes, _)| bytes).sum())
}

/// Writes one folder of plans: its number, bytes and rows of the index.
fn write_shard(corpus: &Corpus, folder: &Path, shard: u64, range: Range<u64>) -> Result<(u64, u64, Vec<u8>)> {
    let own = folder.join(format!("{shard:04}"));
    std::fs::create_dir_all(&own).map_err(|e| unwritable(&own, &e))?;
    let (mut bytes, mut rows) = (0, csv::Writer::from_writer(Vec::new()));
    for Plan { id, text, metadata } in corpus.documents(range) {
        let file = folder.join(&id);
        std::fs::write(&file, &text).map_err(|e| unwritable(&file, &e))?;
        bytes += text.len() as u64;
        let row = [id.as_str(), id.as_str()].into_iter().chain(metadata.values());
        rows.write_record(row).map_err(|e| unwritable(&file, &e))?;
    }
    let rows = rows.into_inner().map_err(|e| unwritable(folder, &e))?;
    Ok((shard, bytes, rows))
}

fn unwritable(file: &Path, error: &dyn std::fmt::Display) -> Error {
    ErrorKind::Unreadable { file: file.to_path_buf(), reason: error.to_string() }.into()
}
