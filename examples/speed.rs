//! Parse throughput on one core, without Python: `speed ROUNDS FILE…` reads the files, then parses each so often,
//! reading excluded, and prints of each the median and the best (the one that nothing disturbed), and the rates over all.

use std::time::{Duration, Instant};
use taizhang::{lexicon::Lexicon, record, text};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let rounds: usize = args.next().ok_or("usage: speed ROUNDS FILE…")?.parse()?;
    let mut texts = Vec::new();
    for file in args {
        let source = text::read(&file, &std::fs::read(&file)?)?.text;
        record::parse(&source, Lexicon::embedded()); // builds the automata
        texts.push((file, source, Vec::new()));
    }
    for _ in 0..rounds.max(1) {
        for (_, source, times) in &mut texts {
            let begun = Instant::now();
            std::hint::black_box(record::parse(source, Lexicon::embedded()));
            times.push(begun.elapsed());
        }
    }
    let (mut bytes, mut medians, mut bests) = (0, Duration::ZERO, Duration::ZERO);
    let rate = |bytes: usize, time: Duration| bytes as f64 / time.as_secs_f64() / 1e6;
    for (file, source, times) in &mut texts {
        times.sort_unstable();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        let best = times.first().copied().unwrap_or_default();
        let size = source.as_str().len();
        let (usual, peak) = (rate(size, median), rate(size, best));
        println!("{file:40} {:8.3} ms {usual:7.2} MB/s, best {peak:7.2}", median.as_secs_f64() * 1e3);
        (bytes, medians, bests) = (bytes + size, medians + median, bests + best);
    }
    println!("all: {:.2} MB/s, best {:.2}, over {bytes} bytes", rate(bytes, medians), rate(bytes, bests));
    Ok(())
}
