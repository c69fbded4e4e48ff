//! Generator, oracle, properties and tables.

mod bridges;
mod changes;
mod history;
mod invariants;
mod measure;
mod oracle;
mod oracle_agreement;
mod rules;
mod scene;
mod statuses;
