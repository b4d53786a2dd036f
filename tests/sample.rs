//! Made plans: their means as the library reads them, the same bytes every time, and their kin.

#![cfg(feature = "sample")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use taizhang::lexicon::Lexicon;
use taizhang::record::parse;
use taizhang::sample::{Copying, Corpus, Plan, copy_of, forward_of, measure, revision_of};
use taizhang::text::SourceText;

fn plans(seed: u64, n: u64) -> Vec<Plan> {
    Corpus::new(seed).documents(0..n).collect()
}

#[test]
fn the_means_lie_in_their_bounds() {
    let means = measure(&plans(7, 300), 2);
    println!("{means}");
    assert_eq!(means.outside(), Vec::<String>::new(), "\n{means}");
    for (what, share) in
        [("title", means.title), ("number", means.number), ("date", means.date), ("place", means.place)]
    {
        assert!(share >= 0.99, "{what}: {share}\n{means}");
    }
}

#[test]
fn a_seed_gives_the_same_bytes() {
    let corpus = Corpus::new(1);
    let forward: Vec<Plan> = corpus.documents(0..20).collect();
    let mut backward: Vec<Plan> = (0..20).rev().map(|i| Corpus::new(1).document(i)).collect();
    backward.reverse();
    assert_eq!(forward, backward, "a document depends on seed and index alone");
    let mut hash = Sha256::new();
    for plan in &forward {
        hash.update(&plan.text);
    }
    assert_eq!(
        format!("{:x}", hash.finalize()),
        "93ddf009be407eef628cfd31758bd6e3849644bb2eb3a0795987f4249bb9633e",
        "the maker makes other texts: figures measured with it no longer compare"
    );
    assert_ne!(corpus.document(3).text, Corpus::new(2).document(3).text);
}

#[test]
fn no_two_plans_share_a_number() {
    let numbers: BTreeSet<String> = plans(5, 2000).into_iter().map(|plan| plan.metadata.number).collect();
    assert_eq!(numbers.len(), 2000);
}

#[test]
fn a_copy_keeps_the_date_and_its_kin_do_not() {
    let corpus = Corpus::new(11);
    let read = |plan: &Plan| parse(&SourceText::new(plan.text.as_str()), Lexicon::embedded());
    let (mut same, mut own) = (0, 0);
    for (plan, seed) in corpus.documents(0..12).zip(0..) {
        for kind in Copying::ALL {
            let copy = copy_of(&plan, kind, seed);
            assert_ne!(copy.text, plan.text, "{kind:?} of {}", plan.id);
            same += usize::from(read(&copy).issued.as_ref() == Some(&plan.metadata.date));
        }
        for other in [forward_of(&corpus, &plan, seed), revision_of(&plan, seed)] {
            assert_ne!(other.metadata.number, plan.metadata.number);
            assert_ne!(other.metadata.date, plan.metadata.date);
            let found = read(&other);
            let right = found.number.as_ref() == Some(&other.metadata.number)
                && found.issued.as_ref() == Some(&other.metadata.date);
            own += usize::from(right);
            if !right {
                println!("{}: {:?} {:?} for {:?}", other.id, found.number, found.issued, other.metadata);
            }
        }
    }
    assert!(same >= 66, "{same} of 72 copies keep the date"); // a truncated opinion loses its signature
    assert!(own >= 22, "{own} of 24 kin are read under their own number and date");
}
