//! What the engine costs: the methods that `src/store` asks of its engine, over sled, redb and fjall, side by side.
//!
//! ```text
//! cargo run --release --manifest-path benches/stores/Cargo.toml -- [--groups 3000] [--kills 20] [--folder DIR]
//! ```
//!
//! The load is that of a ledger: a commit of about 8 MiB over five trees, small values (heads, ids, contents) beside chunks
//! of 60 KiB that do not compress (texts, records, columns), each commit flushed. Then the store is opened cold in the
//! process, values are read at random, trees are scanned; a child that commits and says so is killed and what it had said
//! is looked for.

mod engines;

use engines::{ENGINES, Engine, TREES, Write};
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const CHUNK: usize = 60 << 10;
const COMMIT: usize = 8 << 20;
/// Documents that share a group of texts.
const GROUP: usize = 5;

/// A generator of pseudo-random numbers; the same numbers for every engine.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ (self.0 >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        mixed ^ (mixed >> 33)
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(count + 8);
        while out.len() < count {
            out.extend(self.next().to_le_bytes());
        }
        out.truncate(count);
        out
    }
}

/// The writes of a group of documents.
fn group(number: u32, draw: &mut Draw) -> Vec<Write> {
    let mut writes = Vec::new();
    for nth in 0..GROUP as u32 {
        let document = number * GROUP as u32 + nth;
        writes.push((0, document.to_be_bytes().to_vec(), draw.bytes(220)));
        writes.push((1, format!("plans/{:08x}/{document:07}.txt", draw.next() as u32).into_bytes(), draw.bytes(21)));
        writes.push((2, [draw.bytes(32), document.to_be_bytes().to_vec()].concat(), draw.bytes(12)));
    }
    writes.push((3, number.to_be_bytes().to_vec(), draw.bytes(CHUNK)));
    writes.push((4, number.to_be_bytes().to_vec(), draw.bytes(CHUNK * 2 / 3)));
    writes
}

/// Loads `groups` groups from `first` on; calls `committed` after each commit with the groups that are safe.
fn load(engine: &dyn Engine, first: u32, groups: u32, mut committed: impl FnMut(u32)) -> u64 {
    let mut draw = Draw(u64::from(first) + 7);
    let (mut writes, mut bytes, mut total) = (Vec::new(), 0, 0);
    for number in first..first + groups {
        let more = group(number, &mut draw);
        bytes += more.iter().map(|(_, key, value)| key.len() + value.len()).sum::<usize>();
        writes.extend(more);
        if bytes >= COMMIT || number + 1 == first + groups {
            engine.commit(&writes);
            total += bytes as u64;
            (writes, bytes) = (Vec::new(), 0);
            committed(number + 1);
        }
    }
    total
}

fn size(path: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(path) else { return std::fs::metadata(path).map_or(0, |m| m.len()) };
    entries.flatten().map(|entry| size(&entry.path())).sum()
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    (work(), begun.elapsed())
}

struct Figures {
    rows: Vec<(&'static str, String)>,
}

fn measure(name: &str, folder: &Path, groups: u32, kills: u32) -> Figures {
    let path = folder.join(name);
    let mut rows = Vec::new();
    let engine = engines::open(name, &path);
    let (bytes, took) = timed(|| load(&*engine, 0, groups, |_| ()));
    rows.push(("load, MB/s", format!("{:.0}", bytes as f64 / 1e6 / took.as_secs_f64())));
    let ((), took) = timed(|| drop(engine));
    rows.push(("close, s", format!("{:.2}", took.as_secs_f64())));
    let (engine, took) = timed(|| engines::open(name, &path));
    rows.push(("open, s", format!("{:.3}", took.as_secs_f64())));
    drop(engine);
    let (engine, took) = timed(|| engines::open(name, &path));
    rows.push(("open again, s", format!("{:.3}", took.as_secs_f64())));
    let mut draw = Draw(1);
    let reads = 20_000;
    let (found, took) = timed(|| {
        (0..reads).filter(|_| engine.get(0, &((draw.next() % u64::from(groups * GROUP as u32)) as u32).to_be_bytes()).is_some()).count()
    });
    assert_eq!(found, reads, "{name}: every head is there");
    rows.push(("get of 220 B, µs", format!("{:.1}", took.as_secs_f64() * 1e6 / reads as f64)));
    let reads = 4_000;
    let (found, took) = timed(|| {
        (0..reads).filter(|_| engine.get(3, &((draw.next() % u64::from(groups)) as u32).to_be_bytes()).is_some_and(|v| v.len() == CHUNK)).count()
    });
    assert_eq!(found, reads, "{name}: every chunk is there");
    rows.push(("get of 60 KiB, µs", format!("{:.1}", took.as_secs_f64() * 1e6 / reads as f64)));
    let (counts, took) = timed(|| (0..TREES.len()).map(|tree| engine.scan(tree)).collect::<Vec<_>>());
    let documents = groups as usize * GROUP;
    assert_eq!(counts, [documents, documents, documents, groups as usize, groups as usize], "{name}");
    rows.push(("scan, MB/s", format!("{:.0}", bytes as f64 / 1e6 / took.as_secs_f64())));
    drop(engine);
    rows.push(("disk ÷ data", format!("{:.2}", size(&path) as f64 / bytes as f64)));
    let lost = (0..kills).map(|round| kill(name, &folder.join(format!("{name}-kill")), round)).sum::<u32>();
    rows.push(("kills", format!("{kills}")));
    rows.push(("groups lost in them", format!("{lost}")));
    Figures { rows }
}

/// Kills a child that commits; how many groups that it had said were safe are missing.
fn kill(name: &str, path: &Path, round: u32) -> u32 {
    let mut child = Command::new(std::env::current_exe().expect("our own path"))
        .args(["--child", name, &path.display().to_string(), &(round * 100_000).to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child");
    let mut lines = BufReader::new(child.stdout.take().expect("its words")).lines();
    lines.next();
    std::thread::sleep(Duration::from_millis(u64::from(round * 37 % 400)));
    child.kill().expect("a kill");
    child.wait().expect("its end");
    let said: Vec<u32> = lines.map_while(Result::ok).filter_map(|line| line.trim().parse().ok()).collect();
    let engine = engines::open(name, path);
    let safe = said.last().copied().unwrap_or(round * 100_000);
    (round * 100_000..safe).filter(|group| engine.get(4, &group.to_be_bytes()).is_none()).count() as u32
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1));
    if let [_, flag, name, path, first] = &arguments[..]
        && flag == "--child"
    {
        let engine = engines::open(name, Path::new(path));
        println!("open");
        load(&*engine, first.parse().expect("a number"), 50_000, |safe| {
            println!("{safe}");
            std::io::stdout().flush().expect("a pipe");
        });
        return;
    }
    let number = |name, usual| after(name).map_or(usual, |n| n.parse().expect("a number"));
    let (groups, kills) = (number("--groups", 3_000), number("--kills", 20));
    let folder = after("--folder").map_or_else(std::env::temp_dir, PathBuf::from).join("taizhang-stores");
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).expect("a folder");
    let figures: Vec<Figures> = ENGINES.iter().map(|name| measure(name, &folder, groups, kills)).collect();
    println!("{:<22}{}", "", ENGINES.map(|name| format!("{name:>12}")).concat());
    for (at, (what, _)) in figures[0].rows.iter().enumerate() {
        println!("{what:<22}{}", figures.iter().map(|f| format!("{:>12}", f.rows[at].1)).collect::<String>());
    }
    drop(std::fs::remove_dir_all(&folder));
}
