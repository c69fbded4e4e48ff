//! `/api/v1/remaining`

use qingshan::domain::{By, Grade};
use qingshan::service::remaining;
use serde_json::Value;

use crate::county::{demo_county, usual_question};
use crate::served::{TODAY, assert_same, get, get_json, get_with};

#[tokio::test]
async fn what_remains_is_what_the_service_computes() {
    let body = get_json("/api/v1/remaining").await;
    let expected = remaining(&demo_county(), usual_question(By::Obligation));
    assert_eq!(
        (&body["as_of"], &body["grade"], &body["unit"]),
        (&TODAY.into(), &4.into(), &"m2".into())
    );
    let rows = body["rows"].as_array().unwrap();
    assert_eq!(rows.len(), expected.rows.len());
    assert!(rows.len() > 5, "{}", rows.len());
    for (row, expected) in rows.iter().zip(&expected.rows) {
        let figures = expected.at(Grade::Accepted);
        assert_eq!(row["key"], expected.key);
        assert_eq!(row["title"], expected.title_zh);
        assert_eq!(row["status"].as_str(), expected.status.map(|s| s.code()));
        assert_same(&row["obligation_m2"], figures.obligation_m2);
        assert_same(&row["remaining_m2"], figures.remaining_m2);
        assert_same(
            &row["by_grade"]["reported"]["done_m2"],
            expected.at(Grade::Reported).done_m2,
        );
        assert_same(&row["stale_m2"], expected.stale_m2);
        for (stage, area_m2) in figures.by_stage_m2.into_iter().enumerate() {
            assert_same(&row["by_stage_m2"][stage], area_m2);
        }
        assert_eq!(row["pace"].is_null(), expected.pace.is_none());
    }
    assert_same(
        &body["total"]["remaining_m2"],
        expected.total.at(Grade::Accepted).remaining_m2,
    );
    assert!(body["total"]["remaining_m2"].as_f64().unwrap() > 1000.0);
}

#[tokio::test]
async fn every_parameter_of_the_command_line_changes_the_question() {
    let county = demo_county();
    for (by, word) in [
        (By::Site, "site"),
        (By::Township, "township"),
        (By::Liable, "liable"),
    ] {
        let mut question = usual_question(by);
        question.as_of = "2023-06-30".parse().unwrap();
        question.known_at = "2023-03-01T00:00:00Z".parse().unwrap();
        question.grade = Grade::Evidenced;
        let expected = remaining(&county, question);
        let path = format!(
            "/api/v1/remaining?as_of=2023-06-30&known_at=2023-03-01T00:00:00Z&grade=evidenced&by={word}"
        );
        let body = get_json(&path).await;
        assert_eq!(body["known_at"], "2023-03-01T00:00:00.000Z");
        assert_eq!(body["grade"], 2);
        let keys: Vec<&str> = body["rows"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|r| r["key"].as_str())
            .collect();
        let expected_keys: Vec<&str> = expected.rows.iter().map(|r| r.key.as_str()).collect();
        assert_eq!(keys, expected_keys, "{word}");
        assert_same(
            &body["total"]["done_m2"],
            expected.total.at(Grade::Evidenced).done_m2,
        );
        assert_same(
            &body["rows"][0]["remaining_m2"],
            expected.rows[0].at(Grade::Evidenced).remaining_m2,
        );
    }
}

#[tokio::test]
async fn what_was_known_earlier_differs_from_what_is_known_now() {
    let now = get_json("/api/v1/remaining?as_of=2023-06-30").await;
    let then = get_json("/api/v1/remaining?as_of=2023-06-30&known_at=2022-06-30T00:00:00Z").await;
    let owed = |body: &Value| body["total"]["obligation_m2"].as_f64().unwrap();
    assert!(owed(&now) > 0.0 && owed(&then) > 0.0);
    assert_ne!(now["total"]["by_grade"], then["total"]["by_grade"]);
}

#[tokio::test]
async fn titles_come_in_the_callers_language() {
    let en = get_with(
        "/api/v1/remaining",
        &[("accept-language", "en-GB,zh;q=0.3")],
    )
    .await
    .json();
    let zh = get_with("/api/v1/remaining", &[("accept-language", "zh-CN")])
        .await
        .json();
    let is_chinese = |title: &Value| title.as_str().unwrap().chars().any(|c| c > '\u{2e80}');
    assert!(is_chinese(&zh["rows"][0]["title"]) && !is_chinese(&en["rows"][0]["title"]));
    assert_eq!(en["total"]["title"], "County total");
}

#[tokio::test]
async fn a_wrong_question_is_answered_with_what_to_do() {
    for (query, code, quoted) in [
        ("as_of=2022-13-01", "query.date_invalid", "2022-13-01"),
        ("known_at=2022-01-01", "query.instant_invalid", "known_at"),
        ("grade=5", "query.grade_invalid", "5"),
        ("by=county", "query.value_invalid", "county"),
        (
            "asof=2022-01-01",
            "query.unknown_parameter",
            "as_of, known_at, grade, by",
        ),
        ("grade=1&grade=2", "query.repeated_parameter", "grade"),
    ] {
        let answer = get(&format!("/api/v1/remaining?{query}")).await;
        let detail = answer.problem(400, code);
        assert!(detail.contains(quoted), "{query}: {detail}");
    }
}
