//! Generator, oracle, properties and tables.

mod history;
mod measure;
mod oracle;
mod oracle_agreement;
