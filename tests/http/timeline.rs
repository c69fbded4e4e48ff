//! `/api/v1/timeline` and `/api/v1/timeline/faces`

use std::collections::HashSet;

use qingshan::domain::{By, Grade};
use qingshan::service::{county_series, faces, remaining};

use crate::county::{demo_county, usual_question};
use crate::served::{assert_same, get, get_json};

#[tokio::test]
async fn the_series_is_the_total_of_each_of_its_days() {
    let county = demo_county();
    let timeline = &get_json("/api/v1/timeline?grade=reported").await["timeline"];
    let dates: Vec<&str> = timeline["dates"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|d| d.as_str())
        .collect();
    assert_eq!(dates.len(), county_series(&county).len());
    assert!(dates.windows(2).all(|pair| pair[0] < pair[1]), "{dates:?}");
    let series = timeline["series"].as_array().unwrap();
    // Every seventh, to keep the test quick.
    for (date, point) in dates.iter().zip(series).step_by(7) {
        let mut question = usual_question(By::Obligation);
        question.as_of = date.parse().unwrap();
        let total = remaining(&county, question).total;
        assert_eq!(point["as_of"], *date);
        for (name, grade) in [
            ("reported", Grade::Reported),
            ("evidenced", Grade::Evidenced),
            ("verified", Grade::Verified),
            ("accepted", Grade::Accepted),
        ] {
            assert_same(&point["remaining_m2"][name], total.at(grade).remaining_m2);
        }
        assert_same(
            &point["obligation_m2"],
            total.at(Grade::Reported).obligation_m2,
        );
        assert_same(
            &point["by_stage_m2"][4],
            total.at(Grade::Reported).by_stage_m2[4],
        );
    }
}

#[tokio::test]
async fn faces_carry_their_stage_from_day_to_day() {
    let county = demo_county();
    for (word, grade) in [("1", Grade::Reported), ("4", Grade::Accepted)] {
        let body = get_json(&format!("/api/v1/timeline/faces?grade={word}")).await;
        let expected = faces(&county, grade);
        assert_eq!(body["faces"].as_object().unwrap().len(), expected.len());
        assert_eq!(body["meta"]["revision"], county.revision);
        for (id, history) in &expected {
            let steps = body["faces"][id.to_string()].as_array().unwrap();
            assert_eq!(steps.len(), history.len());
            for (step, (day, stage)) in steps.iter().zip(history) {
                assert_eq!(step[1], stage.number());
                let shown = step[0].as_str().unwrap();
                let is_beginning = *day == qingshan::domain::Day::MIN;
                assert_eq!(
                    shown,
                    if is_beginning {
                        "0001-01-01".to_owned()
                    } else {
                        day.to_string()
                    }
                );
            }
        }
        let kinds: HashSet<i64> = expected
            .iter()
            .flat_map(|(_, h)| h)
            .map(|(_, s)| i64::from(s.number()))
            .collect();
        assert!(
            kinds.contains(&4) && kinds.contains(&-2),
            "the demo shows planted and exempt ground: {kinds:?}"
        );
    }
}

#[tokio::test]
async fn the_timeline_knows_no_date() {
    get("/api/v1/timeline?as_of=2022-01-01")
        .await
        .problem(400, "query.unknown_parameter");
    get("/api/v1/timeline/faces?grade=best")
        .await
        .problem(400, "query.grade_invalid");
}
