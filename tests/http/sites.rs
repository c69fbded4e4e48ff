//! `/api/v1/sites`

use qingshan::domain::{By, Grade, SiteDay};
use qingshan::service::{footprint_on, site_areas, site_rows};
use serde_json::Value;

use crate::county::{demo_county, usual_question};
use crate::served::{assert_same, get, get_json};

fn codes(page: &Value) -> Vec<String> {
    let sites = page["sites"].as_array().unwrap();
    sites
        .iter()
        .map(|site| site["code"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn all_sites_are_listed_with_the_figures_of_their_rows() {
    let county = demo_county();
    let page = get_json("/api/v1/sites").await;
    let expected: Vec<_> = county.sites.iter().map(|s| s.site.code.clone()).collect();
    assert_eq!(codes(&page), expected);
    assert_eq!(page["meta"]["total"], expected.len());
    assert_eq!(page["meta"]["next"], Value::Null);
    for site in page["sites"].as_array().unwrap() {
        let question = usual_question(By::Site);
        let (row, _) = site_rows(&county, site["code"].as_str().unwrap(), question).unwrap();
        let figures = row.at(Grade::Accepted);
        assert_same(&site["obligation_m2"], figures.obligation_m2);
        assert_same(&site["done_m2"], figures.done_m2);
        assert_same(&site["remaining_m2"], figures.remaining_m2);
        assert_eq!(site["status"].as_str(), row.status.map(|s| s.code()));
        assert_eq!(site["synthetic"], true);
        let (bbox, point) = (&site["bbox"], &site["label_point"]);
        assert_eq!(bbox.is_null(), site["footprint_m2"] == 0.0, "{site}");
        if bbox.is_null() {
            assert!(point.is_null());
            continue;
        }
        let within = |at: usize, low: usize, high: usize| {
            let value = point[at].as_f64().unwrap();
            bbox[low].as_f64().unwrap() < value && value < bbox[high].as_f64().unwrap()
        };
        assert!(within(0, 0, 2) && within(1, 1, 3), "{site}");
    }
}

#[tokio::test]
async fn the_footprint_of_a_list_is_what_its_faces_add_up_to() {
    let county = demo_county();
    let page = get_json("/api/v1/sites?as_of=2024-06-30").await;
    let as_of = "2024-06-30".parse().unwrap();
    for site in page["sites"].as_array().unwrap() {
        let place = county.place_of(site["code"].as_str().unwrap()).unwrap();
        let state = &county.sites[place];
        let mosaic = county.mosaic(place).unwrap();
        let known_at = usual_question(By::Site).known_at;
        let day = SiteDay::new(&state.site, mosaic, &county.obligations, as_of, known_at);
        let faces = mosaic.faces().iter().zip(day.standings());
        let added: f64 = faces
            .filter(|(_, standing)| standing.in_footprint)
            .map(|(face, _)| face.area_m2)
            .sum();
        let listed = site["footprint_m2"].as_f64().unwrap();
        // Faces lie on the overlay's grid, a tenth of a millimetre.
        assert!(
            (listed - added).abs() <= 1e-6 * listed,
            "{}: {listed} {added}",
            site["code"]
        );
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let all = codes(&get_json("/api/v1/sites").await);
    let mut paged = Vec::new();
    let mut after = String::new();
    loop {
        let page = get_json(&format!("/api/v1/sites?limit=4{after}")).await;
        assert_eq!(page["meta"]["total"], all.len());
        paged.extend(codes(&page));
        let Some(next) = page["meta"]["next"].as_str() else {
            break;
        };
        assert_eq!(next, paged.last().unwrap());
        after = format!("&after={next}");
    }
    assert_eq!(paged, all);
    assert!(codes(&get_json("/api/v1/sites?after=zzz").await).is_empty());
}

#[tokio::test]
async fn townships_and_categories_choose_sites() {
    let all = get_json("/api/v1/sites").await;
    let township = all["sites"][0]["township"].as_str().unwrap().to_owned();
    let of_township = get_json(&format!("/api/v1/sites?township={}", encoded(&township))).await;
    let wanted = all["sites"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|s| s["township"] == township);
    assert_eq!(
        of_township["sites"].as_array().unwrap().len(),
        wanted.count()
    );
    assert_ne!(of_township["meta"]["total"], all["meta"]["total"]);
    let legacy = get_json(&format!("/api/v1/sites?category={}", encoded("历史遗留"))).await;
    assert!(!legacy["sites"].as_array().unwrap().is_empty());
    for site in legacy["sites"].as_array().unwrap() {
        assert_eq!(site["category"], "legacy_government");
    }
    get("/api/v1/sites?category=gone")
        .await
        .problem(400, "query.value_invalid");
}

/// Percent-encodes every byte.
fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        write!(out, "%{byte:02X}").unwrap();
        out
    })
}

#[tokio::test]
async fn one_site_shows_its_areas_versions_grades_and_rows() {
    let county = demo_county();
    for state in &county.sites {
        let code = &state.site.code;
        let site = &get_json(&format!("/api/v1/sites/{code}?grade=1")).await["site"];
        let mut question = usual_question(By::Site);
        question.grade = Grade::Reported;
        let areas = site_areas(&footprint_on(
            &state.site,
            question.as_of,
            question.known_at,
        ));
        assert_same(
            &site["areas"]["footprint"]["canonical_m2"],
            areas.canonical_m2,
        );
        assert_same(
            &site["areas"]["footprint"]["national_series_m2"],
            areas.national_series_m2,
        );
        assert_same(
            &site["areas"]["footprint"]["gauss_kruger_m2"],
            areas.gauss_kruger_m2,
        );
        let (whole, rows) = site_rows(&county, code, question).unwrap();
        for (name, grade) in [("reported", Grade::Reported), ("accepted", Grade::Accepted)] {
            let stages = &site["by_grade"][name]["by_stage_m2"];
            for (stage, area_m2) in whole.at(grade).by_stage_m2.into_iter().enumerate() {
                assert_same(&stages[stage], area_m2);
            }
        }
        let keys: Vec<_> = site["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["key"].as_str().unwrap())
            .collect();
        assert_eq!(
            keys,
            rows.iter().map(|r| r.key.as_str()).collect::<Vec<_>>()
        );
        assert_eq!(
            site["versions"].as_array().unwrap().len(),
            state
                .site
                .terms
                .iter()
                .filter(|t| t.known.ended_at.is_none())
                .count()
        );
    }
}

#[tokio::test]
async fn an_unknown_site_is_named_in_both_languages() {
    let detail = get("/api/v1/sites/%E6%97%A0")
        .await
        .problem(404, "site.unknown");
    assert!(detail.contains("“无”"), "{detail}");
    let english = crate::served::get_with("/api/v1/sites/none", &[("accept-language", "en")]).await;
    let detail = english.problem(404, "site.unknown");
    assert!(
        detail.contains("'none'") && detail.contains("/api/v1/sites"),
        "{detail}"
    );
    assert_eq!(english.header("content-language"), "en");
}

#[tokio::test]
async fn paths_that_climb_are_only_unknown_codes() {
    for path in [
        "/api/v1/sites/..%2f..%2fetc%2fpasswd",
        "/api/v1/sites/%00",
        "/api/v1/sites/' or 1=1 --".replace(' ', "%20").as_str(),
    ] {
        get(path).await.problem(404, "site.unknown");
    }
}
