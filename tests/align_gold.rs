//! Alignment, measures and topics against what people made of three plans (`tests/gold/align`).
//!
//! `cargo test --test align_gold -- --nocapture` prints the figures with 95 % bootstrap intervals.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

mod align_marks;

use align_marks::{
    Clause, Marks, PLANS, b_cubed, clauses, cosine, fit, interval, json, mean, measures, place, relation, seeds, texts,
    tfidf,
};
use std::collections::BTreeMap;
use taizhang::compare::{AlignOptions, Evidence, THRESHOLD};
use taizhang::ledger::Ledger;
use taizhang::query::Query;
use taizhang::table::{Cell, TableName};

/// One plan against another: what each clause shares with each, and how they are related.
struct Pair {
    plans: [usize; 2],
    evidence: Vec<Vec<Option<Evidence>>>,
    relations: Vec<Vec<u8>>,
    tfidf: Vec<Vec<f64>>,
}

fn pairs(ledger: &Ledger) -> Vec<Pair> {
    let of = measures();
    let plans = PLANS.map(|plan| clauses(ledger, plan));
    let others = ["hubei-2024", "qijiang-2022"].map(|plan| clauses(ledger, plan));
    let all: Vec<&str> = plans.iter().chain(&others).flatten().map(|clause| clause.text.as_str()).collect();
    let words = |plan: &[Clause]| tfidf(&all, &plan.iter().map(|c| c.text.as_str()).collect::<Vec<_>>());
    let vectors = [words(&plans[0]), words(&plans[1]), words(&plans[2])];
    let ids = |plan: &[Clause]| plan.iter().map(|clause| clause.id.clone()).collect::<Vec<_>>();
    let mut out = Vec::new();
    for a in 0..3 {
        for b in (0..3).filter(|b| *b != a) {
            let relations = |clause: &Clause| plans[b].iter().map(|c| relation(&of, &clause.place, &c.place)).collect();
            out.push(Pair {
                plans: [a, b],
                evidence: ledger.evidence(&ids(&plans[a]), &ids(&plans[b])).unwrap(),
                relations: plans[a].iter().map(relations).collect(),
                tfidf: vectors[a].iter().map(|x| vectors[b].iter().map(|y| cosine(x, y)).collect()).collect(),
            });
        }
    }
    out
}

fn scores(pair: &Pair, score: &dyn Fn(&Evidence) -> f64) -> Vec<Vec<f64>> {
    pair.evidence.iter().map(|row| row.iter().map(|e| e.as_ref().map_or(f64::MIN, score)).collect()).collect()
}

/// Weights by logistic regression on all pairs of plans but this one's, either way.
fn weights_without(all: &[Pair], left_out: [usize; 2]) -> [f64; 8] {
    let same = |plans: [usize; 2]| plans == left_out || plans == [left_out[1], left_out[0]];
    let mut rows = Vec::new();
    for pair in all.iter().filter(|pair| !same(pair.plans)) {
        for (evidence, relations) in pair.evidence.iter().flatten().zip(pair.relations.iter().flatten()) {
            if let (Some(evidence), 0 | 2) = (evidence, relations) {
                rows.push((evidence.features(), *relations == 2));
            }
        }
    }
    fit(&rows)
}

fn odds(weights: &[f64; 8], evidence: &Evidence) -> f64 {
    weights[7] + evidence.features().iter().zip(weights).map(|(x, w)| x * w).sum::<f64>()
}

fn show(name: &str, marks: &Marks, at: (&[f64], &[f64])) {
    println!("{name}\n  precision at 1    {}\n  recall at 3       {}", interval(&marks.first), interval(&marks.three));
    println!("  kept              {}\n  none right        {}", interval(at.0), interval(at.1));
}

#[test]
fn clauses_are_aligned_as_people_align_them() {
    let (_folder, ledger) = seeds();
    let all = pairs(&ledger);
    let marks = |score: &dyn Fn(&Pair) -> Vec<Vec<f64>>, strict: bool| {
        let mut marks = Marks::default();
        for pair in &all {
            marks.add(&score(pair), &pair.relations, strict);
        }
        marks
    };
    for strict in [false, true] {
        let heading = if strict { "a measure shared in a sentence is wrong" } else { "it counts neither way" };
        println!("== {heading}");
        let base = marks(&|pair| pair.tfidf.clone(), strict);
        let (kept, none) = base.at(base.best_threshold());
        show("TF-IDF, its best threshold", &base, (&kept, &none));

        // Weights and threshold from the other pairs of plans.
        let mut left_out = Marks::default();
        let (mut kept, mut none) = (Vec::new(), Vec::new());
        for pair in all.iter().filter(|pair| pair.plans[0] < pair.plans[1]) {
            let weights = weights_without(&all, pair.plans);
            if !strict {
                println!("  weights without {:?}: {:.1?}", pair.plans, weights);
            }
            let mut known = Marks::default();
            let mut new = Marks::default();
            for other in &all {
                let same = other.plans.contains(&pair.plans[0]) && other.plans.contains(&pair.plans[1]);
                let scores = scores(other, &|e| odds(&weights, e));
                if same { &mut new } else { &mut known }.add(&scores, &other.relations, strict);
                if same {
                    left_out.add(&scores, &other.relations, strict);
                }
            }
            let at = new.at(known.best_threshold());
            kept.extend(at.0);
            none.extend(at.1);
        }
        show("fitted, each pair of plans left out", &left_out, (&kept, &none));

        let ours = marks(&|pair| scores(pair, &Evidence::score), strict);
        let (kept, none) = ours.at(THRESHOLD);
        show("as shipped", &ours, (&kept, &none));
        println!("  best threshold    {:.3}", ours.best_threshold());
        let floor = if strict { (0.90, 0.97) } else { (0.95, 0.98) };
        assert!(mean(&ours.first) >= floor.0 && mean(&left_out.first) >= floor.0, "precision at 1");
        assert!(mean(&ours.three) >= floor.1 && mean(&left_out.three) >= floor.1, "recall at 3");
        assert!(mean(&kept) >= 0.90 && mean(&none) >= 0.90, "threshold");
        assert!(mean(&base.first) < mean(&ours.first) - 0.05, "better than counting characters");
    }
}

#[test]
fn the_table_says_what_evidence_says() {
    let (_folder, ledger) = seeds();
    let of = |plan: &str| Query { document: vec![format!("{plan}.txt")], ..Query::new(TableName::Clauses) };
    let table = ledger.align(&of("linfen-2022"), Some(&of("national-2023h2")), &AlignOptions::default()).unwrap();
    let (a, b) = (texts(&table, "a_clause"), texts(&table, "b_clause"));
    assert_eq!(a.iter().collect::<std::collections::BTreeSet<_>>().len(), 18, "every clause has a row");
    for row in 0..table.len() {
        let score = table.cell(row, "score").and_then(Cell::float).unwrap();
        let reason = table.cell(row, "reason").and_then(Cell::text);
        if b[row] == "-" {
            assert!(score < THRESHOLD && reason.is_none());
            continue;
        }
        let evidence = ledger.evidence(&[a[row].clone()], &[b[row].clone()]).unwrap()[0][0].unwrap();
        assert!((evidence.score() - score).abs() < 1e-6 && score >= THRESHOLD);
        assert!(!reason.unwrap().is_empty());
    }
    let again = ledger.align(&of("linfen-2022"), Some(&of("national-2023h2")), &AlignOptions::default()).unwrap();
    assert_eq!(table, again);
    let everywhere = ledger.align(&of("linfen-2022"), None, &AlignOptions::default()).unwrap();
    assert!(everywhere.len() > table.len());
    let left = ledger.unmatched(&of("linfen-2022"), Some(&of("national-2023h2")), &AlignOptions::default()).unwrap();
    assert_eq!(left.len(), b.iter().filter(|b| *b == "-").count());
    assert!(texts(&left, "nearest_text").iter().all(|text| text.chars().count() > 10));
}

#[test]
fn measures_are_found_as_people_make_them() {
    let (_folder, ledger) = seeds();
    let of = measures();
    let plans: Vec<Clause> = PLANS.iter().flat_map(|plan| clauses(&ledger, plan)).collect();
    let place_of: BTreeMap<&str, &str> = plans.iter().map(|c| (c.id.as_str(), c.place.as_str())).collect();
    let query = Query { document: PLANS.map(|p| format!("{p}.txt")).to_vec(), ..Query::new(TableName::Clauses) };
    let table = ledger.measures(Some(&query)).unwrap();
    let (ids, found) = (texts(&table, "measure"), texts(&table, "clause"));
    assert_eq!(found.len(), plans.len());
    let mut number: BTreeMap<&String, usize> = BTreeMap::new();
    let mut clusters: BTreeMap<String, usize> = BTreeMap::new();
    for (measure, clause) in ids.iter().zip(&found) {
        let next = number.len();
        clusters.insert(place_of[clause.as_str()].to_owned(), *number.entry(measure).or_insert(next));
    }
    let [p, r, f, alone] = b_cubed(&clusters, &of);
    println!("measures: B³ precision {p:.3}, recall {r:.3}, F1 {f:.3}; alone though grouped {alone:.3}");

    // Average linkage over TF-IDF, at the threshold that is best for it.
    let words: Vec<&str> = plans.iter().map(|clause| clause.text.as_str()).collect();
    let vectors = tfidf(&words, &words);
    let near: Vec<Vec<f64>> = vectors.iter().map(|a| vectors.iter().map(|b| cosine(a, b)).collect()).collect();
    let mut best = [0.0; 4];
    for step in 4..14 {
        let groups = average_linkage(&near, f64::from(step) * 0.01);
        let clusters = plans.iter().zip(groups).map(|(clause, group)| (clause.place.clone(), group)).collect();
        let marks = b_cubed(&clusters, &of);
        if marks[2] > best[2] {
            best = marks;
        }
    }
    println!("TF-IDF, average linkage: B³ {:.3} {:.3} {:.3}, alone {:.3}", best[0], best[1], best[2], best[3]);
    assert!(f >= 0.80 && alone <= 0.25 && f > best[2] + 0.05);
}

fn average_linkage(near: &[Vec<f64>], least: f64) -> Vec<usize> {
    let mut clusters: Vec<Vec<usize>> = (0..near.len()).map(|i| vec![i]).collect();
    let mut sums = near.to_vec();
    loop {
        let mut best: Option<(f64, usize, usize)> = None;
        for i in 0..clusters.len() {
            for j in i + 1..clusters.len() {
                let mean = sums[i][j] / (clusters[i].len() * clusters[j].len()) as f64;
                if mean >= least && best.is_none_or(|(most, ..)| mean > most) {
                    best = Some((mean, i, j));
                }
            }
        }
        let Some((_, i, j)) = best else { break };
        let moved = clusters.remove(j);
        clusters[i].extend(moved);
        // What is joined has the sums of both.
        let row = sums.remove(j);
        (0..row.len()).for_each(|k| sums[i][k] += row[k]);
        for sums in &mut sums {
            let moved = sums.remove(j);
            sums[i] += moved;
        }
    }
    let mut of = vec![0; near.len()];
    clusters.iter().enumerate().for_each(|(group, members)| members.iter().for_each(|at| of[*at] = group));
    of
}

#[test]
fn primary_topics_are_those_that_people_give() {
    let (_folder, ledger) = seeds();
    let found: BTreeMap<String, Option<String>> =
        PLANS.iter().flat_map(|plan| clauses(&ledger, plan)).map(|clause| (clause.place, clause.topic)).collect();
    let right: Vec<f64> = json("topics.json")
        .iter()
        .map(|row| f64::from(u8::from(found[&place(row)].as_deref() == row["primary"].as_str())))
        .collect();
    println!("primary topics: {}", interval(&right));
    assert!(mean(&right) >= 0.95);
}
