//! Ingests a folder twice and prints how long each took: `ingest LEDGER FOLDER`. The second finds everything unchanged.

use std::sync::atomic::AtomicBool;
use std::time::Instant;
use taizhang::ledger::{Ledger, Options, Progress, sources};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(ledger), Some(folder)) = (args.next(), args.next()) else {
        return Err("usage: ingest LEDGER FOLDER".into());
    };
    let ledger = Ledger::open(ledger, Options::embedded())?;
    let (on_document, cancel) = (|_: &str, _, _| (), AtomicBool::new(false));
    let progress = Progress { on_document: &on_document, cancel: &cancel };
    for _ in 0..2 {
        let begun = Instant::now();
        let report = ledger.ingest(sources(&folder)?, &progress)?;
        let seconds = begun.elapsed().as_secs_f64();
        println!("{} added, {} unchanged: {seconds:.2} s", report.added.len(), report.unchanged.len());
    }
    Ok(())
}
