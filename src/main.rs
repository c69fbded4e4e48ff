//! The one binary.

fn main() -> std::process::ExitCode {
    qingshan::cli::run()
}
