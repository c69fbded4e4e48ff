//! How figures are compared: all fields by name, with one tolerance.

use proptest::test_runner::{Config, RngSeed};
use qingshan::domain::Figures;

/// Figures from differently cut pieces agree to this, m².
///
/// Every cut may move an edge by half a cell of the overlay's grid (1e-10 degrees, some 0.005 mm).
/// A generated site has under 20 km of edges and each is cut a dozen times at most. The greatest
/// difference in 10,000 histories was 0.02 m²; 0.1 m² is out of reach of rounding, and any wrong
/// patch exceeds it. The rules allow 1 m².
pub const TOLERANCE_M2: f64 = 0.1;

/// The thousand histories of each property, the same ones on every run unless asked otherwise.
pub fn thousand() -> Config {
    let mut config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 1_000;
    }
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(421_321);
    }
    config
}

/// A tenth of the histories, for what is slow to check.
pub fn one_in_ten() -> Config {
    let thousand = thousand();
    Config {
        cases: thousand.cases.div_ceil(10),
        ..thousand
    }
}

/// A figure with its name.
pub type Named = (&'static str, f64);

/// Every area of the figures but the slivers, which depend on how ground falls apart.
pub fn areas(figures: &Figures) -> Vec<Named> {
    const STAGES: [&str; 7] = [
        "stage 0", "stage 1", "stage 2", "stage 3", "stage 4", "stage 5", "stage 6",
    ];
    let mut all = vec![
        ("obligation", figures.obligation_m2),
        ("done", figures.done_m2),
        ("remaining", figures.remaining_m2),
        ("double", figures.double_claimed_m2),
        ("outside", figures.outside_m2),
        ("skipped", figures.skipped_m2),
        ("redisturbed", figures.redisturbed_m2),
        ("unclassified", figures.unclassified_m2),
        ("overlap", figures.overlap_m2),
    ];
    all.extend(STAGES.into_iter().zip(figures.by_stage_m2));
    all
}

/// The names and values of the areas that differ.
pub fn differences(found: &Figures, expected: &Figures) -> Vec<(&'static str, f64, f64)> {
    areas(found)
        .into_iter()
        .zip(areas(expected))
        .filter(|((_, a), (_, b))| (a - b).abs() > TOLERANCE_M2)
        .map(|((name, a), (_, b))| (name, a, b))
        .collect()
}
