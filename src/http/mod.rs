//! The service over HTTP: decode, ask a use case, encode. Sole owner of axum.
//!
//! One file per noun, with its parameters, answers and handlers. Every refusal becomes problem
//! details in one place (`problem`); everything that blocks runs on one bounded pool (`app`).

mod answer;
mod app;
mod boundaries;
mod bridge;
mod claims;
mod docs;
mod events;
mod guard;
mod health;
mod kept;
mod language;
mod logs;
mod metrics;
mod obligations;
mod pages;
mod parcels;
mod problem;
mod query;
mod records;
mod reference_areas;
mod refusal;
mod remaining;
mod request_id;
mod router;
mod serve;
mod sites;
mod status;
mod tiles;
mod timeline;
mod wire;

pub use app::{App, Bounds, Clock};
pub use logs::begin_log;
pub use router::{openapi_text, router};
pub use serve::{ServeError, ServeOptions, Server, end_asked, serve};
