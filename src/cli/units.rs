//! Display units: 亩, hectare and square metre. Everything is kept in m².

use super::Lang;

/// Square metres of a 亩.
// Source: 国家法定计量单位换算, 1 亩 = 10000/15 m².
const MU_M2: f64 = 10_000.0 / 15.0;
/// Square metres of a hectare.
const HECTARE_M2: f64 = 10_000.0;

/// A unit areas are shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Unit {
    /// 亩, two decimals
    Mu,
    /// 公顷, four decimals
    Ha,
    /// 平方米, two decimals
    M2,
}

impl Unit {
    /// An area in this unit with the unit's decimals.
    #[must_use]
    pub fn shown(self, area_m2: f64) -> String {
        let text = match self {
            Self::Mu => format!("{:.2}", area_m2 / MU_M2),
            Self::Ha => format!("{:.4}", area_m2 / HECTARE_M2),
            Self::M2 => format!("{area_m2:.2}"),
        };
        // A rounded nothing has no sign.
        if text
            .trim_start_matches('-')
            .chars()
            .all(|c| matches!(c, '0' | '.'))
        {
            text.trim_start_matches('-').to_owned()
        } else {
            text
        }
    }

    /// The unit's name.
    #[must_use]
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::Mu => lang.pick("亩", "mu"),
            Self::Ha => lang.pick("公顷", "ha"),
            Self::M2 => lang.pick("平方米", "m²"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_rounded_only_for_showing() {
        assert_eq!(Unit::Mu.shown(85_000.0), "127.50");
        assert_eq!(Unit::Ha.shown(85_000.0), "8.5000");
        assert_eq!(Unit::M2.shown(85_000.004), "85000.00");
        assert_eq!(Unit::Mu.shown(-1e-9), "0.00");
    }
}
