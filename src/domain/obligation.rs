//! Obligations: required stage × scope × due date × responsible party, citing the plan.

use crate::geometry::Ground;

use super::record::{RecordId, Site, SiteTerms};
use super::time::{Day, InForce, Instant, Known, Versioned, in_force_at};
use super::words::{Category, PlaceType, SiteKind, Stage};

/// One obligation with all versions of its terms.
#[derive(Clone, Debug)]
pub struct Obligation {
    /// Its number in the store.
    pub id: RecordId,
    /// Its key: `item-measure` for the seeds, otherwise given when it was made.
    pub key: String,
    /// Title, Chinese.
    pub title_zh: String,
    /// Title, English.
    pub title_en: String,
    /// Item of the rectification plan it cites.
    pub item_no: Option<u32>,
    /// Measure of that item.
    pub measure_no: Option<u32>,
    /// The stage its ground must reach.
    pub required_stage: Stage,
    /// Due date and scope, with the days they hold.
    pub terms: Vec<ObligationTerms>,
}

/// Due date and scope for some days (a deadline may be extended by a document).
#[derive(Clone, Debug)]
pub struct ObligationTerms {
    /// Last day to be in time.
    pub due_on: Day,
    /// The ground it is about.
    pub scope: Scope,
    /// Days in force.
    pub in_force: InForce,
    /// When it was known.
    pub known: Known,
}

impl Versioned for ObligationTerms {
    fn in_force(&self) -> InForce {
        self.in_force
    }
    fn known(&self) -> Known {
        self.known
    }
}

/// Which footprints an obligation is about; an empty list asks for nothing in particular.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Site codes.
    pub sites: Vec<String>,
    /// Kinds of site.
    pub kinds: Vec<SiteKind>,
    /// Categories of site.
    pub categories: Vec<Category>,
    /// Townships.
    pub townships: Vec<String>,
    /// Responsible parties.
    pub liable: Vec<String>,
    /// Place types: ground under such parcels, and ground under no parcel at all.
    pub place_types: Vec<PlaceType>,
    /// Only ground within.
    pub ground: Option<Ground>,
}

impl Scope {
    /// Whether the site's footprint is in scope while it has these terms.
    #[must_use]
    pub fn takes_in(&self, site: &Site, terms: Option<&SiteTerms>) -> bool {
        let township = terms.and_then(|t| t.township.as_ref());
        let liable = terms.and_then(|t| t.liable.as_ref());
        let category = terms.and_then(|t| t.category);
        (self.sites.is_empty() || self.sites.contains(&site.code))
            && (self.kinds.is_empty() || self.kinds.contains(&site.kind))
            && (self.categories.is_empty()
                || category.is_some_and(|c| self.categories.contains(&c)))
            && (self.townships.is_empty() || township.is_some_and(|t| self.townships.contains(t)))
            && (self.liable.is_empty() || liable.is_some_and(|l| self.liable.contains(l)))
    }
}

impl Obligation {
    /// The terms in force on a day as known at a moment.
    #[must_use]
    pub fn terms_at(&self, day: Day, known_at: Instant) -> Option<&ObligationTerms> {
        in_force_at(&self.terms, day, known_at).and_then(|place| self.terms.get(place))
    }
}
