//! The bridge of the county or of one obligation between two dates.

use rayon::prelude::*;

use super::{County, ServiceError};
use crate::domain::{Bridge, Grade, Pier, Span, obligation_ids};

/// What is compared.
#[derive(Clone, Debug)]
pub struct BridgeQuestion {
    /// The earlier end.
    pub from: Pier,
    /// The later end.
    pub to: Pier,
    /// Counting claims of this grade and above.
    pub grade: Grade,
    /// Key of an obligation, or all with each ground once.
    pub obligation: Option<String>,
}

/// The bridge over all sites.
///
/// # Errors
/// [`ServiceError::NotFound`] for an unknown obligation, [`ServiceError::Invalid`] when the dates are
/// the wrong way round.
pub fn bridge(county: &County, question: &BridgeQuestion) -> Result<Bridge, ServiceError> {
    if question.to.as_of < question.from.as_of {
        return Err(ServiceError::invalid(
            "bridge.dates_reversed",
            "`to` lies before `from`",
        ));
    }
    let ids = obligation_ids(&county.obligations);
    let subject = match &question.obligation {
        None => None,
        Some(key) => Some(
            *ids.get(key.as_str())
                .ok_or_else(|| ServiceError::NotFound {
                    what: "obligation",
                    key: key.clone(),
                })?,
        ),
    };
    let span = Span {
        from: question.from,
        to: question.to,
        grade: question.grade,
        subject,
    };
    let lines: Vec<Bridge> = (0..county.sites.len())
        .into_par_iter()
        .filter_map(|place| {
            let site = &county.sites.get(place)?.site;
            let mosaic = county.mosaic(place)?;
            Some(crate::domain::bridge(
                site,
                mosaic,
                &county.obligations,
                span,
            ))
        })
        .collect();
    let mut total = Bridge::default();
    for of_site in lines {
        total += of_site;
    }
    Ok(total)
}
