//! What a use case can refuse, with a stable code and the values a message needs.

use crate::geometry::Finding;
use crate::store::StoreError;

/// A use case that was not carried out; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The thing asked for is not there.
    #[error("there is no {what} {key:?}")]
    NotFound {
        /// What was looked for: `site`, `obligation`, `batch`.
        what: &'static str,
        /// By which key.
        key: String,
    },
    /// A value that was given cannot be used.
    #[error("{code}: {what}")]
    Invalid {
        /// Stable dotted code.
        code: &'static str,
        /// What is wrong, in English, for logs and the command line.
        what: String,
    },
    /// The input has findings that forbid it.
    #[error("the input has {} findings", .0.len())]
    Refused(Vec<Finding>),
    /// Our own embedded file cannot be read; a fault of the build.
    #[error("the embedded {file} cannot be read: {what}")]
    Embedded {
        /// Which file.
        file: &'static str,
        /// What is wrong.
        what: String,
    },
}

impl ServiceError {
    /// A value that cannot be used.
    pub fn invalid(code: &'static str, what: impl Into<String>) -> Self {
        Self::Invalid {
            code,
            what: what.into(),
        }
    }
}
