//! Parse throughput on one core, without Python: `speed SECONDS FILE…` reads the files, then parses each again and
//! again, reading excluded, and prints the median of each and the rate over all.

use std::time::{Duration, Instant};
use taizhang::{lexicon::Lexicon, record, text};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let seconds: f64 = args.next().ok_or("usage: speed SECONDS FILE…")?.parse()?;
    let mut texts = Vec::new();
    for file in args {
        let source = text::read(&file, &std::fs::read(&file)?)?.text;
        record::parse(&source, Lexicon::embedded()); // builds the automata
        texts.push((file, source, Vec::new()));
    }
    let begun = Instant::now();
    while begun.elapsed().as_secs_f64() < seconds {
        for (_, source, times) in &mut texts {
            let begun = Instant::now();
            std::hint::black_box(record::parse(source, Lexicon::embedded()));
            times.push(begun.elapsed());
        }
    }
    let (mut bytes, mut spent) = (0, Duration::ZERO);
    for (file, source, times) in &mut texts {
        times.sort_unstable();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        let rate = source.as_str().len() as f64 / median.as_secs_f64() / 1e6;
        println!("{file:40} {:8.3} ms {rate:7.2} MB/s", median.as_secs_f64() * 1e3);
        bytes += source.as_str().len();
        spent += median;
    }
    println!("all: {:.2} MB/s of medians over {:.1} kB", bytes as f64 / spent.as_secs_f64() / 1e6, bytes as f64 / 1e3);
    Ok(())
}
