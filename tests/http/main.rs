//! The service as a browser meets it: the real router over a real store filled with the demo county.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests say what failed by panicking"
)]

mod county;
mod served;

mod bridge;
mod operation;
mod pages;
mod records;
mod remaining;
mod serving;
mod sites;
mod tiles;
mod timeline;
