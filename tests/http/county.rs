//! The demo county, filled once for all tests, which only read it.

use std::sync::{Arc, LazyLock};

use qingshan::domain::{By, Grade, Question};
use qingshan::service::{County, fill_demo};
use qingshan::store::{Actor, Store};
use tempfile::TempDir;

use crate::served::{NOW, TODAY};

struct Filled {
    store: Store,
    county: Arc<County>,
    _directory: TempDir,
}

static FILLED: LazyLock<Filled> = LazyLock::new(|| {
    let directory = tempfile::tempdir().expect("a folder");
    let store = Store::open(directory.path()).expect("a store");
    let is_new = fill_demo(&store, &Actor("test:http".to_owned())).expect("the demo county");
    assert!(is_new, "the folder was empty");
    let county = store.read(County::load).expect("the county");
    Filled {
        store,
        county: Arc::new(county),
        _directory: directory,
    }
});

/// The store, shared.
pub fn demo_store() -> Store {
    FILLED.store.clone()
}

/// The county as the service's own use cases see it.
pub fn demo_county() -> Arc<County> {
    Arc::clone(&FILLED.county)
}

/// The question that is asked when nothing is.
pub fn usual_question(by: By) -> Question {
    Question {
        as_of: TODAY.parse().expect("a day"),
        known_at: NOW
            .parse::<chrono::DateTime<chrono::Utc>>()
            .expect("an instant")
            .max(demo_county().recorded_until),
        grade: Grade::Accepted,
        by,
    }
}
