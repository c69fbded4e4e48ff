//! The accounting rules, held as properties over generated county histories and as tables of cases.
//!
//! `accounting/history.rs` draws histories, `accounting/oracle.rs` folds them a second time with
//! polygon buckets instead of faces; everything else states a rule and looks for a counter-example.
//! `PROPTEST_CASES` and `PROPTEST_RNG_SEED` widen the search; the defaults are fixed so that a
//! build fails only for what it changed.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod accounting;
