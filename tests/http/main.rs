//! The service as a browser meets it: the real router over a real store filled with the demo county.

#![expect(clippy::expect_used, reason = "helpers of tests; a failure names what was expected")]

mod county;
mod served;

mod bridge;
mod operation;
mod pages;
mod records;
mod remaining;
mod sites;
mod tiles;
mod timeline;
