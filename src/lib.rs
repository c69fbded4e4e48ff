//! Qingshan 青山: how much quarried ground is still to be rehabilitated against each deadline.
//!
//! The rooms of the house and the direction of imports (held by `tests/architecture.rs`):
//! `geometry ← domain ← {formats, store} ← service ← {jobs, http, cli}`.

pub mod cli;
pub mod domain;
pub mod formats;
pub mod geometry;
pub mod http;
pub mod service;
pub mod store;
