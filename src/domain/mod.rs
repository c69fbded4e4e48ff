//! The county's rules as pure functions on plain values: stage fold, obligations, pace, bridge.
//!
//! No serde, no async, no SQL, no clock: what is needed is passed in.

mod accounting;
mod bridge;
mod face_history;
mod fold;
mod mosaic;
mod obligation;
mod pace;
mod record;
mod remaining;
mod slivers;
mod status;
mod time;
mod timeline;
mod words;
#[cfg(test)]
mod worked_example;

pub use accounting::{ByGrade, Demand, Figures, SiteDay, Subject};
pub use bridge::{Bridge, Pier, Span, bridge};
pub use face_history::{FaceStage, face_histories};
pub use fold::{Folded, Standing, View};
pub use mosaic::Mosaic;
pub use obligation::{Obligation, ObligationTerms, Scope};
pub use pace::{Pace, WINDOWS_DAYS, pace};
pub use record::{
    Boundary, Claim, Disturbance, Exemption, GradeRecord, Parcel, RecordId, Site, SiteTerms,
};
pub use remaining::{
    By, ObligationOfRow, Question, Remaining, Row, SiteAccount, obligation_ids, remaining,
    rows_of_site,
};
pub use status::{Circumstances, NEAR_DUE_DAYS, STALE_AFTER_DAYS, Status, is_stale};
pub use time::{Day, InForce, Instant, Known, Versioned, in_force_at};
pub use timeline::{Step, Timeline, break_days};
pub use words::{BoundaryRole, Category, ExemptionReason, Grade, PlaceType, SiteKind, Stage};
