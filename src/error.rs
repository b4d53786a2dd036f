//! One error type out, precise kinds in, each a sentence a user can act on.
//!
//! Odd documents never end here: they give notes (`record::Note`). An error is for unreadable bytes, unusable
//! ledgers and questions that cannot be answered as asked.

use std::fmt;
use std::path::PathBuf;

/// What every fallible call of the crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error with its kind and, where there is one, its cause.
#[derive(Debug)]
pub struct Error {
    kind: Box<ErrorKind>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What went wrong, with the fields that a message or a handler needs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file of the user could not be read.
    Unreadable {
        /// The file as given.
        file: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The bytes are no document that we can read.
    NotADocument {
        /// The file as given, or the id of a text.
        file: String,
        /// Why, as half a sentence.
        reason: String,
    },
    /// A table in the lexicon is malformed.
    Lexicon {
        /// The table's file name.
        table: String,
        /// 1-based line.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// The folder is no ledger, or cannot hold one.
    NotALedger {
        /// The folder.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The ledger is open in another process.
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// The ledger was written by a newer library.
    TooNew {
        /// Format version found.
        found: u32,
        /// Newest that this library knows.
        known: u32,
        /// Who wrote it.
        created_by: String,
    },
    /// The ledger's facts were read with other rules or another lexicon.
    Stale {
        /// The ledger's reading.
        found: String,
        /// This library's reading.
        current: String,
    },
    /// The ledger's files are damaged.
    Damaged {
        /// The folder.
        path: PathBuf,
        /// What is missing or wrong, and what to do.
        reason: String,
    },
    /// The store could not do what was asked (disk full, no permission …).
    Store {
        /// What was being done.
        doing: String,
        /// What the system said.
        reason: String,
    },
    /// The ledger handle was closed, or belongs to another process after a fork.
    Closed {
        /// Why it cannot be used.
        reason: String,
    },
    /// A question that cannot be answered as asked: an unknown or ambiguous name, a wrong column.
    Query {
        /// The sentence for the user.
        message: String,
        /// Names that were probably meant, nearest first.
        suggestions: Vec<String>,
    },
    /// A document id that the ledger does not hold.
    UnknownDocument {
        /// The id.
        id: String,
    },
    /// The user interrupted.
    Interrupted,
}

impl Error {
    /// An error of `kind` without a deeper cause.
    pub fn new(kind: ErrorKind) -> Self {
        Self { kind: Box::new(kind), source: None }
    }

    /// The same error, with the cause that a log should show.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// A question that cannot be answered, with the names that were probably meant.
    pub fn query(message: impl Into<String>, suggestions: Vec<String>) -> Self {
        Self::new(ErrorKind::Query { message: message.into(), suggestions })
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            ErrorKind::Unreadable { file, reason } => write!(f, "cannot read {}: {reason}", file.display()),
            ErrorKind::NotADocument { file, reason } => {
                write!(f, "{file} is not a document taizhang can read: {reason}")
            }
            ErrorKind::Lexicon { table, line, reason } => write!(f, "lexicon table {table}, line {line}: {reason}"),
            ErrorKind::NotALedger { path, reason } => {
                write!(f, "{} is not a taizhang ledger: {reason}", path.display())
            }
            ErrorKind::Locked { path } => write!(
                f,
                "the ledger {} is open in another process; close it there (ledger.close(), or stop that kernel), or work on a copy",
                path.display()
            ),
            ErrorKind::TooNew { found, known, created_by } => write!(
                f,
                "this ledger has format {found} and was written by {created_by}; this library reads formats up to {known}: upgrade taizhang"
            ),
            ErrorKind::Stale { found, current } => write!(
                f,
                "this ledger's facts were read with {found}, this library reads with {current}; ledger.reread() reads the kept texts again, after that documents can be added"
            ),
            ErrorKind::Damaged { path, reason } => write!(f, "the ledger {} is damaged: {reason}", path.display()),
            ErrorKind::Store { doing, reason } => write!(f, "the ledger could not {doing}: {reason}"),
            ErrorKind::Closed { reason } => write!(f, "this ledger cannot be used: {reason}"),
            ErrorKind::Query { message, suggestions } => {
                f.write_str(message)?;
                if !suggestions.is_empty() {
                    write!(f, "; did you mean {}?", suggestions.join(", "))?;
                }
                Ok(())
            }
            ErrorKind::UnknownDocument { id } => write!(f, "the ledger holds no document with the id {id:?}"),
            ErrorKind::Interrupted => f.write_str("interrupted; what had been committed before is kept"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|e| &**e as &(dyn std::error::Error + 'static))
    }
}
