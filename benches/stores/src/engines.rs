//! The engines behind one trait: what `src/store` asks of sled.

use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use redb::{ReadableDatabase, ReadableTable, TableDefinition};
use sled::transaction::{ConflictableTransactionError, Transactional, TransactionalTree};
use std::path::Path;

/// Trees of the bench: heads, ids, contents, texts, records.
pub const TREES: [&str; 5] = ["heads", "ids", "contents", "texts", "records"];
/// The engines, ours first.
pub const ENGINES: [&str; 3] = ["sled", "redb", "fjall"];

/// Tree, key, value.
pub type Write = (usize, Vec<u8>, Vec<u8>);

/// What a store needs of an engine. A bench may panic.
pub trait Engine {
    /// Writes all or nothing, on disk when it returns.
    fn commit(&self, writes: &[Write]);
    /// The value of a key.
    fn get(&self, tree: usize, key: &[u8]) -> Option<Vec<u8>>;
    /// Reads every key and value of a tree; how many there are.
    fn scan(&self, tree: usize) -> usize;
}

/// Opens an engine by name.
pub fn open(name: &str, path: &Path) -> Box<dyn Engine> {
    match name {
        "sled" => Box::new(Sled::open(path)),
        "redb" => Box::new(Redb::open(path)),
        _ => Box::new(Fjall::open(path)),
    }
}

/// As `src/store/engine.rs` opens it.
struct Sled {
    db: sled::Db,
    trees: Vec<sled::Tree>,
    log: std::fs::File,
}

impl Sled {
    fn open(path: &Path) -> Self {
        let config = sled::Config::new().path(path).cache_capacity(256 << 20).segment_size(8 << 20).flush_every_ms(None);
        let mut waits = 0;
        let db = loop {
            match config.open() {
                Ok(db) => break db,
                // Threads of the one that was closed a moment ago still hold the file.
                Err(error) if waits < 5_000 && error.to_string().contains("lock") => {
                    waits += 1;
                    std::thread::sleep(std::time::Duration::from_millis(2));
                }
                Err(error) => panic!("{error}"),
            }
        };
        let trees = TREES.iter().map(|name| db.open_tree(name).unwrap()).collect();
        let log = std::fs::OpenOptions::new().write(true).open(path.join("db")).unwrap();
        Self { db, trees, log }
    }
}

impl Engine for Sled {
    fn commit(&self, writes: &[Write]) {
        let done = self.trees.as_slice().transaction(|trees: &Vec<TransactionalTree>| {
            let mut batches = vec![sled::Batch::default(); trees.len()];
            for (tree, key, value) in writes {
                batches[*tree].insert(key.as_slice(), value.as_slice());
            }
            for (tree, batch) in trees.iter().zip(&batches) {
                tree.apply_batch(batch)?;
            }
            Ok::<(), ConflictableTransactionError<()>>(())
        });
        done.unwrap();
        self.db.flush().unwrap();
        self.log.sync_data().unwrap();
    }

    fn get(&self, tree: usize, key: &[u8]) -> Option<Vec<u8>> {
        self.trees[tree].get(key).unwrap().map(|value| value.to_vec())
    }

    fn scan(&self, tree: usize) -> usize {
        self.trees[tree].iter().map(Result::unwrap).filter(|(_, value)| !value.is_empty()).count()
    }
}

struct Redb(redb::Database);

impl Redb {
    fn open(path: &Path) -> Self {
        let db = redb::Database::builder().set_cache_size(256 << 20).create(path).unwrap();
        let begun = db.begin_write().unwrap();
        for name in TREES {
            begun.open_table(Self::table(name)).unwrap();
        }
        begun.commit().unwrap();
        Self(db)
    }

    fn table(name: &'static str) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
        TableDefinition::new(name)
    }
}

impl Engine for Redb {
    fn commit(&self, writes: &[Write]) {
        let begun = self.0.begin_write().unwrap();
        for (at, name) in TREES.iter().enumerate() {
            let mut table = begun.open_table(Self::table(name)).unwrap();
            for (_, key, value) in writes.iter().filter(|(tree, _, _)| *tree == at) {
                table.insert(key.as_slice(), value.as_slice()).unwrap();
            }
        }
        begun.commit().unwrap();
    }

    fn get(&self, tree: usize, key: &[u8]) -> Option<Vec<u8>> {
        let table = self.0.begin_read().unwrap().open_table(Self::table(TREES[tree])).unwrap();
        table.get(key).unwrap().map(|value| value.value().to_vec())
    }

    fn scan(&self, tree: usize) -> usize {
        let table = self.0.begin_read().unwrap().open_table(Self::table(TREES[tree])).unwrap();
        table.iter().unwrap().map(Result::unwrap).filter(|(_, value)| !value.value().is_empty()).count()
    }
}

struct Fjall {
    db: Database,
    trees: Vec<Keyspace>,
}

impl Fjall {
    fn open(path: &Path) -> Self {
        let db = Database::builder(path).cache_size(256 << 20).open().unwrap();
        let trees = TREES.iter().map(|name| db.keyspace(name, KeyspaceCreateOptions::default).unwrap()).collect();
        Self { db, trees }
    }
}

impl Engine for Fjall {
    fn commit(&self, writes: &[Write]) {
        let mut batch = self.db.batch();
        for (tree, key, value) in writes {
            batch.insert(&self.trees[*tree], key.as_slice(), value.as_slice());
        }
        batch.commit().unwrap();
        self.db.persist(PersistMode::SyncAll).unwrap();
    }

    fn get(&self, tree: usize, key: &[u8]) -> Option<Vec<u8>> {
        self.trees[tree].get(key).unwrap().map(|value| value.to_vec())
    }

    fn scan(&self, tree: usize) -> usize {
        self.trees[tree].iter().map(|row| row.into_inner().unwrap()).filter(|(_, value)| !value.is_empty()).count()
    }
}
