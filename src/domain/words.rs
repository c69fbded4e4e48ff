//! The closed vocabularies of the product: one word per thing, a code and a Chinese name each.

/// Defines a vocabulary: an enum with codes, Chinese names and a reader that takes either.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $zh:literal $(, $alias:literal)*;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// All words, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable code used in files, the database and the API.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The Chinese name shown to people.
            #[must_use]
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh,)+ }
            }

            /// The word a text means: its code, Chinese name or a usual other spelling.
            #[must_use]
            pub fn named(text: &str) -> Option<Self> {
                let text = text.trim().to_lowercase();
                match text.as_str() {
                    $($code | $zh $(| $alias)* => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

vocabulary! {
    /// How far ground has come, 0 to 6 (五步法 with its beginning and its end).
    Stage {
        /// Nothing done yet.
        Untreated = "untreated", "未治理", "0", "未开工";
        /// Waste stone and works cleared.
        Clear = "clear", "清理", "1";
        /// Land shaped.
        Shape = "shape", "整形", "2";
        /// Soil spread.
        CoverSoil = "cover_soil", "覆土", "3", "soil";
        /// Trees, shrubs and grass planted.
        Regreen = "regreen", "复绿", "4";
        /// Plants looked after.
        Maintain = "maintain", "管护", "5";
        /// Closed out; stays in the footprint.
        Released = "released", "销号", "6";
    }
}

impl Stage {
    /// The stage's number, 0 to 6.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The stage of a number, or `None` above 6.
    #[must_use]
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

vocabulary! {
    /// How well a claim is evidenced, 1 to 4.
    Grade {
        /// Somebody says so.
        Reported = "reported", "自报", "1";
        /// Photos or documents say so.
        Evidenced = "evidenced", "有举证", "2", "举证";
        /// Another person looked.
        Verified = "verified", "核查", "3";
        /// Accepted by the authority.
        Accepted = "accepted", "验收", "4";
    }
}

impl Grade {
    /// The grade's number, 1 to 4.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The grade of a number 1 to 4.
    #[must_use]
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number.checked_sub(1)?)).copied()
    }
}

vocabulary! {
    /// What kind of place a site is.
    SiteKind {
        /// A quarry.
        Quarry = "quarry", "矿山", "采石场";
        /// A stone-industry park.
        IndustrialPark = "industrial_park", "园区", "工业园区", "产业园区", "park";
        /// A yard where stone is cut.
        ProcessingYard = "processing_yard", "加工场", "加工厂";
        /// A waste dump of its own.
        Dump = "dump", "堆渣场", "废渣场";
        /// A strip along a road.
        Roadside = "roadside", "道路两侧";
        /// A pond.
        Pond = "pond", "水塘";
    }
}

vocabulary! {
    /// Why a site must be restored and by whom: decides who is liable.
    Category {
        /// Closed; the enterprise is liable.
        ClosedEnterprise = "closed_enterprise", "关闭（企业责任）", "关闭", "关闭·企业责任", "关闭(企业责任)";
        /// Legacy; the government is liable.
        LegacyGovernment = "legacy_government", "历史遗留（政府责任）", "历史遗留", "历史遗留·政府责任", "历史遗留(政府责任)";
        /// In production: restores while it mines.
        Active = "active", "在产", "在产（边开采边修复）";
        /// Licence run out and not cancelled.
        ExpiredUncancelled = "expired_uncancelled", "过期未注销";
        /// New: a green mine within one year.
        NewBuild = "new_build", "新建";
        /// Right granted, not yet working.
        Granted = "granted", "已出让";
    }
}

vocabulary! {
    /// What a boundary bounds.
    BoundaryRole {
        /// The mining licence; never clips the footprint.
        Permit = "permit", "矿权";
        /// The park's limits.
        Park = "park", "园区";
        /// Ground that was broken and must be restored.
        Footprint = "footprint", "损毁范围", "footprints";
    }
}

vocabulary! {
    /// What a parcel is, which decides what is asked of it.
    PlaceType {
        /// A level step of a quarry face.
        Bench = "bench", "平台";
        /// The face between two benches.
        Slope = "slope", "边坡";
        /// Waste stone.
        Dump = "dump", "堆渣场", "排土场";
        /// The floor of the pit.
        PitFloor = "pit_floor", "采坑底", "坑底";
        /// Either side of a road.
        Roadside = "roadside", "道路两侧";
        /// Water.
        Pond = "pond", "水塘";
        /// A processing yard.
        Yard = "yard", "加工场地", "加工场";
        /// Forest land.
        ForestLand = "forest_land", "林地";
        /// Anything else.
        Other = "other", "其他", "其它";
    }
}

vocabulary! {
    /// Why ground owes nothing for a time.
    ExemptionReason {
        /// Still being worked.
        ActiveFace = "active_face", "在采工作面", "在采";
        /// A road or building that stays.
        Retained = "retained", "保留", "保留道路", "保留设施", "retained_road";
        /// Left to recover by itself.
        NaturalRecovery = "natural_recovery", "自然恢复";
        /// Turned into farmland.
        Farmland = "farmland", "复垦耕地", "耕地", "复耕";
        /// Another reason, in words.
        Other = "other", "其他", "其它";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_read_from_number_code_or_chinese() {
        for text in ["4", "regreen", "Regreen ", "复绿"] {
            assert_eq!(Stage::named(text), Some(Stage::Regreen), "{text}");
        }
        assert_eq!(Stage::named("7"), None);
    }

    #[test]
    fn numbers_and_words_agree() {
        for (number, stage) in (0u8..).zip(Stage::ALL) {
            assert_eq!(stage.number(), number);
            assert_eq!(Stage::of_number(number), Some(*stage));
        }
        for (number, grade) in (1u8..).zip(Grade::ALL) {
            assert_eq!(grade.number(), number);
            assert_eq!(Grade::of_number(number), Some(*grade));
        }
        assert_eq!(Grade::of_number(0), None);
    }
}
