//! Has the crate built again when the front end was: it is embedded in the binary.

fn main() {
    // Cargo looks at a folder only when it exists; without one it would build again every time.
    // A folder that cannot be made is only a build too many.
    let _ = std::fs::create_dir_all("web/dist");
    println!("cargo::rerun-if-changed=web/dist");
}
