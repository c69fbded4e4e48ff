//! Writing to the terminal; a reader that has gone away (`| head`) is no failure.

use std::io::{self, Write};

/// One line to standard output.
pub fn line(text: &str) {
    ignore_closed(writeln!(io::stdout().lock(), "{text}"));
}

/// One line to standard error.
pub fn error_line(text: &str) {
    ignore_closed(writeln!(io::stderr().lock(), "{text}"));
}

fn ignore_closed(result: io::Result<()>) {
    // There is nobody left to tell.
    drop(result);
}
