//! Prints the means of made plans, and what the parser reads otherwise than their metadata: `sample SEED COUNT [SHOW]`.

use std::time::Instant;
use taizhang::{lexicon::Lexicon, record, sample, text::SourceText};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, default: u64| args.get(i).map_or(Ok(default), |a| a.parse());
    let (seed, count) = (number(0, 1)?, number(1, 300)?);
    let corpus = sample::Corpus::new(seed);
    if let Some(show) = args.get(2) {
        println!("{}", corpus.document(show.parse()?).text);
        return Ok(());
    }
    let begun = Instant::now();
    let plans: Vec<_> = corpus.documents(0..count).collect();
    let rate = count as f64 / begun.elapsed().as_secs_f64();
    for plan in &plans {
        let read = record::parse(&SourceText::new(plan.text.as_str()), Lexicon::embedded());
        let place = read.jurisdiction.map(|place| place.adcode);
        let title = read.title.unwrap_or_default();
        if read.number.as_ref() != Some(&plan.metadata.number)
            || read.issued.as_ref() != Some(&plan.metadata.date)
            || place.as_ref() != Some(&plan.metadata.adcode)
            || title.chars().count() != plan.metadata.title.chars().count()
        {
            println!("{}\n  {:?}\n  {title} {:?} {:?} {place:?}", plan.id, plan.metadata, read.number, read.issued);
        }
    }
    println!("{}\n{rate:.0} documents/s on one thread", sample::measure(&plans, 2));
    Ok(())
}
