//! Which coordinate system a file means: by code, by name, or by the numbers of its `.prj`.

use gdal::spatial_ref::SpatialRef;

use super::crs::{CrsChoice, STORED_EPSG, WGS84_EPSG, datum_name};
use super::engine;

/// The system a reference of a file stands for, by code when it has one.
pub(super) fn identify(mut reference: SpatialRef) -> Option<CrsChoice> {
    let code_of = |reference: &SpatialRef| {
        let is_epsg = reference
            .auth_name()
            .is_some_and(|name| name.eq_ignore_ascii_case("EPSG"));
        let code = reference
            .auth_code()
            .ok()
            .and_then(|code| u32::try_from(code).ok());
        code.filter(|_| is_epsg)
    };
    if let Some(code) = code_of(&reference) {
        return Some(CrsChoice::Epsg(code));
    }
    if reference.auto_identify_epsg().is_ok()
        && let Some(code) = code_of(&reference)
    {
        return Some(CrsChoice::Epsg(code));
    }
    if let Some(code) = chinese_code(&reference) {
        return Some(CrsChoice::Epsg(code));
    }
    reference
        .to_wkt()
        .ok()
        .filter(|wkt| !wkt.is_empty())
        .map(CrsChoice::Definition)
}

/// The EPSG code of a CGCS2000 or WGS 84 system that a `.prj` describes without its code.
fn chinese_code(reference: &SpatialRef) -> Option<u32> {
    let datum = datum_name(reference).to_uppercase();
    let is_cgcs2000 = datum.contains("CHINA_2000") || datum.contains("CGCS");
    if reference.is_geographic() {
        return match (is_cgcs2000, datum.contains("WGS_1984")) {
            (true, _) => Some(STORED_EPSG),
            (false, true) => Some(WGS84_EPSG),
            (false, false) => None,
        };
    }
    let number = |name: &str| reference.get_proj_param(name).ok().flatten();
    let is = |name: &str, value: f64| number(name).is_none_or(|own| (own - value).abs() < 1e-9);
    if !is_cgcs2000 || !is("scale_factor", 1.0) || !is("latitude_of_origin", 0.0) {
        return None;
    }
    gauss_kruger_code(number("central_meridian")?, number("false_easting")?)
}

/// The EPSG code of a CGCS2000 Gauss-Kruger system by its central meridian and false easting.
///
/// # Source
/// EPSG 4491 to 4501 (6 degrees, zones 13 to 23), 4502 to 4512 (6 degrees, 75 to 135 E), 4513 to
/// 4533 (3 degrees, zones 25 to 45), 4534 to 4554 (3 degrees, 75 to 135 E).
pub(super) fn gauss_kruger_code(meridian: f64, false_easting: f64) -> Option<u32> {
    let is = |a: f64, b: f64| (a - b).abs() < 1e-6;
    let three = |step: &u32| is(meridian, 75.0 + 3.0 * f64::from(*step));
    let six = |step: &u32| is(meridian, 75.0 + 6.0 * f64::from(*step));
    if is(false_easting, 500_000.0) {
        return (0..21).find(three).map(|step| 4534 + step);
    }
    let prefixed = |zone: u32| is(false_easting, 1e6 * f64::from(zone) + 500_000.0);
    (0..21)
        .find(|step| three(step) && prefixed(25 + step))
        .map(|step| 4513 + step)
        .or_else(|| {
            (0..11)
                .find(|step| six(step) && prefixed(13 + step))
                .map(|step| 4491 + step)
        })
}

/// The system a well-known text or an authority name (`urn:ogc:def:crs:EPSG::4490`) stands for.
pub(super) fn identify_text(text: &str) -> Option<CrsChoice> {
    let text = text.trim();
    let upper = text.to_ascii_uppercase();
    if upper.ends_with("CRS84") {
        return Some(CrsChoice::Epsg(WGS84_EPSG));
    }
    if let Some(position) = upper.find("EPSG") {
        let code: String = upper
            .get(position + 4..)?
            .rsplit(|c: char| !c.is_ascii_digit())
            .next()
            .unwrap_or_default()
            .to_owned();
        if let Ok(code) = code.parse()
            && !upper.contains('[')
        {
            return Some(CrsChoice::Epsg(code));
        }
    }
    engine::start();
    #[expect(
        clippy::disallowed_methods,
        reason = "only identified; no coordinate passes here"
    )]
    let made = SpatialRef::from_wkt(text).ok()?;
    identify(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prj_without_codes_is_known_by_its_numbers() {
        assert_eq!(gauss_kruger_code(114.0, 38_500_000.0), Some(4526));
        assert_eq!(gauss_kruger_code(114.0, 500_000.0), Some(4547));
        assert_eq!(gauss_kruger_code(111.0, 37_500_000.0), Some(4525));
        assert_eq!(gauss_kruger_code(111.0, 19_500_000.0), Some(4497));
        assert_eq!(gauss_kruger_code(113.0, 500_000.0), None);
    }

    #[test]
    fn names_of_systems_are_understood() {
        assert_eq!(
            identify_text("urn:ogc:def:crs:EPSG::4490"),
            Some(CrsChoice::Epsg(4490))
        );
        assert_eq!(
            identify_text("urn:ogc:def:crs:OGC:1.3:CRS84"),
            Some(CrsChoice::Epsg(4326))
        );
        assert_eq!(identify_text("EPSG:4547"), Some(CrsChoice::Epsg(4547)));
        assert_eq!(identify_text("nothing"), None);
    }
}
