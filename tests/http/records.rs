//! `/api/v1/events`, `/claims`, `/parcels`, `/boundaries`

use std::collections::BTreeSet;

use serde_json::Value;

use crate::county::demo_county;
use crate::served::{assert_same, get, get_json};

/// All pages of a list, `limit` at a time.
async fn all_pages(list: &str, query: &str, limit: usize) -> Vec<Value> {
    let mut records = Vec::new();
    let mut after = String::new();
    loop {
        let page = get_json(&format!("/api/v1/{list}?limit={limit}{query}{after}")).await;
        let of_page = page[list].as_array().unwrap();
        assert!(of_page.len() <= limit);
        records.extend(of_page.iter().cloned());
        let Some(next) = page["meta"]["next"].as_str() else {
            return records;
        };
        assert_eq!(of_page.len(), limit, "only the last page is short");
        after = format!("&after={next}");
    }
}

fn ids(records: &[Value]) -> Vec<(String, i64)> {
    let kind = |r: &Value| r["kind"].as_str().unwrap_or("parcel").to_owned();
    records
        .iter()
        .map(|r| (kind(r), r["id"].as_i64().unwrap()))
        .collect()
}

#[tokio::test]
async fn events_are_everything_recorded_page_by_page() {
    let county = demo_county();
    let events = all_pages("events", "", 50).await;
    assert_eq!(ids(&events), ids(&all_pages("events", "", 5000).await));
    let mut expected = 0;
    for site in county.sites.iter().map(|s| &s.site) {
        expected += site.claims.len()
            + site.disturbances.len()
            + site.exemptions.len()
            + site.boundaries.len();
        for claim in &site.claims {
            let is_it = |e: &&Value| e["kind"] == "claim" && e["id"] == claim.id;
            let event = events.iter().find(is_it).unwrap();
            assert_eq!(event["site_code"], site.code);
            assert_eq!(event["valid_on"], claim.valid_on.to_string());
            assert_eq!(event["stage"], claim.stage.number());
            assert_eq!(
                event["grade"],
                claim.grade_at(county.recorded_until).number()
            );
            assert_same(&event["area_m2"], claim.ground.area_m2());
            assert_eq!(event["ended_at"].is_null(), claim.known.ended_at.is_none());
            assert_eq!(
                event["ended_because"].is_null(),
                claim.known.ended_at.is_none()
            );
            assert!(event["to_stage"].is_null() && event["role"].is_null());
        }
    }
    assert_eq!(events.len(), expected);
    assert_eq!(
        ids(&events).into_iter().collect::<BTreeSet<_>>().len(),
        expected,
        "no event twice"
    );
    assert!(
        events
            .iter()
            .any(|e| e["ended_because"] == "revoked" || e["ended_because"] == "superseded")
    );
    assert!(
        events
            .iter()
            .any(|e| e["kind"] == "exemption" && e["reason"].is_string())
    );
}

#[tokio::test]
async fn events_can_be_of_one_site_and_kind() {
    let county = demo_county();
    let site = &county
        .sites
        .iter()
        .find(|s| !s.site.disturbances.is_empty())
        .unwrap()
        .site;
    let body = get_json(&format!(
        "/api/v1/events?site={}&kind=disturbance",
        site.code
    ))
    .await;
    let events = body["events"].as_array().unwrap();
    assert_eq!(events.len(), site.disturbances.len());
    for event in events {
        assert_eq!(
            (&event["kind"], &event["site_code"]),
            (&"disturbance".into(), &site.code.as_str().into())
        );
        assert!(event["to_stage"].is_number());
    }
}

#[tokio::test]
async fn claims_parcels_and_boundaries_carry_their_ground() {
    let county = demo_county();
    let sites = || county.sites.iter().map(|s| &s.site);
    for (list, count) in [
        ("claims", sites().map(|s| s.claims.len()).sum::<usize>()),
        ("parcels", sites().map(|s| s.parcels.len()).sum()),
        ("boundaries", sites().map(|s| s.boundaries.len()).sum()),
    ] {
        let records = all_pages(list, "", 37).await;
        assert_eq!(records.len(), count, "{list}");
        for record in &records {
            assert_eq!(record["geometry"]["type"], "MultiPolygon");
            let ring = record["geometry"]["coordinates"][0][0].as_array().unwrap();
            assert!(ring.len() >= 4 && ring.first() == ring.last());
            assert!(record["area_m2"].as_f64().unwrap() > 0.0);
        }
    }
    let parcel = &sites().find(|s| !s.parcels.is_empty()).unwrap().parcels[0];
    let parcels = all_pages("parcels", "", 5000).await;
    let shown = parcels.iter().find(|p| p["id"] == parcel.id).unwrap();
    assert_eq!(shown["parcel_no"], parcel.parcel_no);
    assert_eq!(shown["place_type"], parcel.place_type.code());
    assert_eq!(
        shown["valid_from"].as_str(),
        parcel.in_force.from.map(|d| d.to_string()).as_deref()
    );
}

#[tokio::test]
async fn a_box_lets_through_what_touches_it() {
    let county = demo_county();
    let site = &county.sites[0].site;
    let b = site.boundaries[0].ground.bbox().unwrap();
    let query = format!("&bbox={},{},{},{}", b.west, b.south, b.east, b.north);
    let within = all_pages("boundaries", &query, 5000).await;
    let expected = county.sites.iter().flat_map(|s| &s.site.boundaries);
    let expected = expected.filter(|x| x.ground.bbox().is_some_and(|other| other.touches(&b)));
    assert_eq!(within.len(), expected.count());
    assert!(within.iter().any(|x| x["id"] == site.boundaries[0].id));
    assert!(within.len() < all_pages("boundaries", "", 5000).await.len());
    assert!(
        all_pages("claims", "&bbox=10,10,11,11", 10)
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_wrong_question_about_records_is_refused() {
    for (path, status, code) in [
        ("events?site=none", 404, "site.unknown"),
        ("events?kind=parcel", 400, "query.value_invalid"),
        ("events?limit=0", 400, "query.limit_invalid"),
        ("events?after=x", 400, "query.cursor_invalid"),
        ("events?bbox=1,1,2,2", 400, "query.unknown_parameter"),
        ("claims?bbox=113,32", 400, "query.bbox_invalid"),
        ("claims?bbox=113,32,112,33", 400, "query.bbox_invalid"),
        ("claims?site=none", 404, "site.unknown"),
        ("parcels?limit=5001", 400, "query.limit_invalid"),
        ("parcels?after=a:b:c", 400, "query.cursor_invalid"),
        (
            "boundaries?as_of=2022-01-01",
            400,
            "query.unknown_parameter",
        ),
    ] {
        get(&format!("/api/v1/{path}")).await.problem(status, code);
    }
    let code = &demo_county().sites[0].site.code;
    let stale = format!("/api/v1/claims?after={code}:claim:999999");
    let detail = get(&stale).await.problem(400, "query.cursor_invalid");
    assert!(detail.contains("999999"), "{detail}");
}
