//! The closed vocabularies as the wire spells them, so that the document of the API lists them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{BoundaryRole, Category, PlaceType, SiteKind, Status};

/// Defines the wire's words of a vocabulary; a word the domain gains must be added here to compile.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident of $domain:ident as $schema:ident { $($word:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[schema(as = $schema)]
        pub(in crate::http) enum $name { $($word),+ }

        impl From<$domain> for $name {
            fn from(word: $domain) -> Self {
                match word { $($domain::$word => Self::$word),+ }
            }
        }
    };
}

words! {
    /// How a row stands.
    StatusWord of Status as Status {
        NoGround, Done, AwaitingAcceptance, Overdue, NoData, Behind, NearDue, OnTrack,
    }
}
words! {
    /// What kind of place a site is.
    SiteKindWord of SiteKind as SiteKind {
        Quarry, IndustrialPark, ProcessingYard, Dump, Roadside, Pond,
    }
}
words! {
    /// Why a site must be restored and by whom.
    CategoryWord of Category as Category {
        ClosedEnterprise, LegacyGovernment, Active, ExpiredUncancelled, NewBuild, Granted,
    }
}
words! {
    /// What a boundary bounds.
    BoundaryRoleWord of BoundaryRole as BoundaryRole { Permit, Park, Footprint }
}
words! {
    /// What a parcel is.
    PlaceTypeWord of PlaceType as PlaceType {
        Bench, Slope, Dump, PitFloor, Roadside, Pond, Yard, ForestLand, Other,
    }
}

/// The wire's words of several of the domain's.
pub(in crate::http) fn code_list<T: Copy, W: From<T>>(words: &[T]) -> Vec<W> {
    words.iter().map(|word| W::from(*word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelling(word: impl Serialize) -> String {
        serde_json::to_value(word)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn the_wire_spells_every_word_as_files_and_the_store_do() {
        for word in SiteKind::ALL {
            assert_eq!(spelling(SiteKindWord::from(*word)), word.code());
        }
        for word in Category::ALL {
            assert_eq!(spelling(CategoryWord::from(*word)), word.code());
        }
        for word in BoundaryRole::ALL {
            assert_eq!(spelling(BoundaryRoleWord::from(*word)), word.code());
        }
        for word in PlaceType::ALL {
            assert_eq!(spelling(PlaceTypeWord::from(*word)), word.code());
        }
        for word in [
            Status::NoGround,
            Status::Done,
            Status::AwaitingAcceptance,
            Status::Overdue,
            Status::NoData,
            Status::Behind,
            Status::NearDue,
            Status::OnTrack,
        ] {
            assert_eq!(spelling(StatusWord::from(word)), word.code());
        }
    }
}
