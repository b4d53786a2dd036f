//! Marks of alignment: hand-made measures of three plans, what they say of pairs of clauses, and figures with their intervals.

#![allow(dead_code, reason = "each test takes what it needs")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use taizhang::ledger::{Ledger, Options, Progress, sources};
use taizhang::query::Query;
use taizhang::table::{Cell, TableName};

pub const PLANS: [&str; 3] = ["jiangmen-2019", "linfen-2022", "national-2023h2"];

/// A ledger of the five seeds, in a folder that lives as long.
pub fn seeds() -> (tempfile::TempDir, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path().join("seeds.tz"), Options::embedded()).unwrap();
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/documents");
    let progress = Progress { on_document: &|_, _, _| (), cancel: &AtomicBool::new(false) };
    ledger.ingest(sources(seeds.to_str().unwrap()).unwrap(), &progress).unwrap();
    (folder, ledger)
}

pub fn json(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gold/align").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A clause: its id, its path (`jiangmen-2019 1.3`), its primary topic and its words.
#[derive(Debug, Clone)]
pub struct Clause {
    pub id: String,
    pub place: String,
    pub topic: Option<String>,
    pub text: String,
}

/// The clauses of a plan.
pub fn clauses(ledger: &Ledger, plan: &str) -> Vec<Clause> {
    let query = Query { document: vec![format!("{plan}.txt")], ..Query::new(TableName::Clauses) };
    let table = ledger.query(&query).unwrap();
    let column =
        |name: &str| -> Vec<Option<String>> { table.values(name).map(|cell| cell.text().map(str::to_owned)).collect() };
    let (ids, paths, topics, texts) = (column("clause"), column("path"), column("topic"), column("text"));
    (0..table.len())
        .map(|at| Clause {
            id: ids[at].clone().unwrap(),
            place: format!("{plan} {}", paths[at].as_deref().unwrap()),
            topic: topics[at].clone(),
            text: texts[at].clone().unwrap(),
        })
        .collect()
}

/// `jiangmen-2019 1.3` for a row of gold.
pub fn place(row: &Value) -> String {
    let path: Vec<String> = row["path"].as_array().unwrap().iter().map(Value::to_string).collect();
    format!("{} {}", row["doc"].as_str().unwrap(), path.join("."))
}

/// The measures of each clause, with their grades.
pub fn measures() -> BTreeMap<String, BTreeMap<String, i64>> {
    let mut of: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for measure in json("measures.json") {
        for member in measure["members"].as_array().unwrap() {
            let grades = of.entry(place(member)).or_default();
            grades.insert(measure["id"].as_str().unwrap().to_owned(), member["grade"].as_i64().unwrap());
        }
    }
    of
}

/// 2 where clauses share a measure that both are mainly about, 1 where they share any, else 0.
pub fn relation(of: &BTreeMap<String, BTreeMap<String, i64>>, a: &str, b: &str) -> u8 {
    let (Some(a), Some(b)) = (of.get(a), of.get(b)) else { return 0 };
    let shared = a.iter().filter_map(|(measure, grade)| Some((*grade, *b.get(measure)?)));
    shared.map(|grades| if grades == (2, 2) { 2 } else { 1 }).max().unwrap_or(0)
}

/// What a ranking of all clauses of one plan for each of another is worth.
#[derive(Debug, Default)]
pub struct Marks {
    /// For each clause with a counterpart: is the first one right, is one of the first three.
    pub first: Vec<f64>,
    pub three: Vec<f64>,
    /// Scores of true counterparts, best of each clause; best scores of clauses that share nothing.
    pub kept: Vec<f64>,
    pub none: Vec<f64>,
}

impl Marks {
    /// Adds a plan's clauses. With `strict` a clause that shares a measure in a sentence only is as wrong as any; else it counts neither way.
    pub fn add(&mut self, scores: &[Vec<f64>], relations: &[Vec<u8>], strict: bool) {
        for (scores, relations) in scores.iter().zip(relations) {
            let mut order: Vec<usize> = (0..scores.len()).filter(|j| strict || relations[*j] != 1).collect();
            order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
            let right = |count: usize| f64::from(u8::from(order.iter().take(count).any(|j| relations[*j] == 2)));
            let best = |of: &dyn Fn(u8) -> bool| {
                (0..scores.len()).filter(|j| of(relations[*j])).map(|j| scores[j]).fold(f64::MIN, f64::max)
            };
            if relations.contains(&2) {
                self.first.push(right(1));
                self.three.push(right(3));
                self.kept.push(best(&|relation| relation == 2));
            } else if relations.iter().all(|relation| *relation == 0) {
                self.none.push(best(&|_| true));
            }
        }
    }

    /// Shares of true counterparts kept and of "none" right at a threshold.
    pub fn at(&self, threshold: f64) -> (Vec<f64>, Vec<f64>) {
        let flag = |x: bool| f64::from(u8::from(x));
        let kept = self.kept.iter().map(|score| flag(*score >= threshold)).collect();
        (kept, self.none.iter().map(|score| flag(*score < threshold)).collect())
    }

    /// The threshold at which the lesser of both shares is greatest; the middle of such.
    pub fn best_threshold(&self) -> f64 {
        let least = |t: f64| {
            let (kept, none) = self.at(t);
            mean(&kept).min(mean(&none))
        };
        let mut all: Vec<f64> = self.kept.iter().chain(&self.none).copied().collect();
        let most = all.iter().map(|t| least(*t)).fold(0.0, f64::max);
        all.retain(|t| least(*t) >= most);
        f64::midpoint(all.iter().copied().fold(f64::MAX, f64::min), all.iter().copied().fold(f64::MIN, f64::max))
    }
}

pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// A mean with its 95 % bootstrap interval, as text.
pub fn interval(values: &[f64]) -> String {
    let mut state = 1_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    let mut means: Vec<f64> = (0..2000)
        .map(|_| (0..values.len()).map(|_| values[next() % values.len()]).sum::<f64>() / values.len() as f64)
        .collect();
    means.sort_by(f64::total_cmp);
    format!("{:.3} [{:.3}, {:.3}] (n = {})", mean(values), means[50], means[1949], values.len())
}

/// TF-IDF over pairs and triples of characters: the vectors of texts among `all`.
pub fn tfidf(all: &[&str], texts: &[&str]) -> Vec<BTreeMap<String, f64>> {
    let grams = |text: &str| {
        let chars: Vec<char> = text.chars().collect();
        let mut counts: BTreeMap<String, f64> = BTreeMap::new();
        for n in [2, 3] {
            for gram in chars.windows(n) {
                *counts.entry(gram.iter().collect()).or_default() += 1.0;
            }
        }
        counts
    };
    let mut documents: BTreeMap<String, f64> = BTreeMap::new();
    for gram in all.iter().flat_map(|text| grams(text).into_keys()) {
        *documents.entry(gram).or_default() += 1.0;
    }
    let vector = |text: &&str| {
        let mut vector = grams(text);
        for (gram, count) in &mut vector {
            *count *= ((1.0 + all.len() as f64) / (1.0 + documents[gram])).ln() + 1.0;
        }
        let length = vector.values().map(|x| x * x).sum::<f64>().sqrt();
        for x in vector.values_mut() {
            *x /= length;
        }
        vector
    };
    texts.iter().map(vector).collect()
}

pub fn cosine(a: &BTreeMap<String, f64>, b: &BTreeMap<String, f64>) -> f64 {
    a.iter().filter_map(|(gram, x)| Some(x * b.get(gram)?)).sum()
}

/// Logistic regression by Newton's method with a little ridge: weights, the last one the constant.
pub fn fit(rows: &[([f64; 7], bool)]) -> [f64; 8] {
    let mut weights = [0.0; 8];
    for _ in 0..30 {
        let (mut gradient, mut hessian) = ([0.0; 8], [[0.0; 9]; 8]);
        for (features, is) in rows {
            let x: [f64; 8] = std::array::from_fn(|i| features.get(i).copied().unwrap_or(1.0));
            let p = 1.0 / (1.0 + (-x.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>()).exp());
            for i in 0..8 {
                gradient[i] += (f64::from(u8::from(*is)) - p) * x[i];
                (0..8).for_each(|j| hessian[i][j] += p * (1.0 - p) * x[i] * x[j]);
            }
        }
        for i in 0..8 {
            let ridge = if i < 7 { 1.0 } else { 1e-9 };
            hessian[i][i] += ridge;
            hessian[i][8] = gradient[i] - ridge * weights[i];
        }
        solve(&mut hessian).iter().zip(&mut weights).for_each(|(step, weight)| *weight += step);
    }
    weights
}

/// Gauss and Jordan.
fn solve(rows: &mut [[f64; 9]; 8]) -> [f64; 8] {
    for i in 0..8 {
        let pivot = (i..8).max_by(|a, b| rows[*a][i].abs().total_cmp(&rows[*b][i].abs())).unwrap();
        rows.swap(i, pivot);
        let by = rows[i][i];
        rows[i].iter_mut().for_each(|x| *x /= by);
        for k in (0..8).filter(|k| *k != i) {
            let (from, by) = (rows[i], rows[k][i]);
            rows[k].iter_mut().zip(from).for_each(|(x, y)| *x -= by * y);
        }
    }
    std::array::from_fn(|i| rows[i][8])
}

/// B³ of clusters against the measures that clauses are mainly about, with overlapping measures (Amigó): precision, recall, F1; and
/// the share of clauses that stand alone though the measures group them.
pub fn b_cubed(clusters: &BTreeMap<String, usize>, of: &BTreeMap<String, BTreeMap<String, i64>>) -> [f64; 4] {
    let gold: BTreeMap<&String, BTreeSet<&String>> = of
        .iter()
        .map(|(clause, grades)| (clause, grades.iter().filter(|(_, g)| **g == 2).map(|(m, _)| m).collect()))
        .filter(|(_, measures): &(_, BTreeSet<&String>)| !measures.is_empty())
        .collect();
    let (mut precision, mut recall, mut alone) = (Vec::new(), Vec::new(), Vec::new());
    for (clause, measures) in &gold {
        let together: Vec<_> = gold.iter().filter(|(other, _)| clusters[**other] == clusters[*clause]).collect();
        let hits = together.iter().map(|(_, theirs)| f64::from(u8::from(!measures.is_disjoint(theirs))));
        precision.push(mean(&hits.collect::<Vec<_>>()));
        let related: Vec<_> = gold.iter().filter(|(_, theirs)| !measures.is_disjoint(theirs)).collect();
        let found = related.iter().map(|(other, theirs)| {
            let shared = measures.intersection(theirs).count() as f64;
            if clusters[**other] == clusters[*clause] { 1.0_f64.min(shared) / shared } else { 0.0 }
        });
        recall.push(mean(&found.collect::<Vec<_>>()));
        if related.len() > 1 {
            let mates = clusters.iter().filter(|(_, cluster)| **cluster == clusters[*clause]).count();
            alone.push(f64::from(u8::from(mates == 1)));
        }
    }
    let (p, r) = (mean(&precision), mean(&recall));
    [p, r, 2.0 * p * r / (p + r), mean(&alone)]
}

/// Text cells of a column.
pub fn texts(table: &taizhang::table::Table, column: &str) -> Vec<String> {
    table.values(column).map(|cell| cell.text().unwrap_or("-").to_owned()).collect()
}

/// A float cell of each row.
pub fn floats(table: &taizhang::table::Table, column: &str) -> Vec<f64> {
    table.values(column).filter_map(Cell::float).collect()
}
