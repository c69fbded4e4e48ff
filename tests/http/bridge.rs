//! `/api/v1/bridge`

use qingshan::domain::{By, Grade, Pier};
use qingshan::service::{BridgeQuestion, bridge, remaining};

use crate::county::{demo_county, usual_question};
use crate::served::{assert_same, get, get_json};

#[tokio::test]
async fn a_bridge_leads_from_what_remained_to_what_remains() {
    let county = demo_county();
    for grade in [Grade::Reported, Grade::Accepted] {
        let path = format!(
            "/api/v1/bridge?from=2022-06-30&to=2024-06-30&grade={}",
            grade.number()
        );
        let body = &get_json(&path).await["bridge"];
        let known_at = usual_question(By::Obligation).known_at;
        let pier = |day: &str| Pier {
            as_of: day.parse().unwrap(),
            known_at,
        };
        let (from, to) = (pier("2022-06-30"), pier("2024-06-30"));
        let expected = bridge(
            &county,
            &BridgeQuestion {
                from,
                to,
                grade,
                obligation: None,
            },
        )
        .unwrap();
        assert_same(
            &body["in"]["redisturbed_or_revoked_m2"],
            expected.redisturbed_or_revoked_m2,
        );
        assert_same(
            &body["in"]["exemption_ended_m2"],
            expected.exemption_ended_m2,
        );
        assert_same(
            &body["in"]["new_disturbance_m2"],
            expected.new_disturbance_m2,
        );
        assert_same(
            &body["in"]["boundary_or_scope_m2"],
            expected.boundary_or_scope_in_m2,
        );
        assert_same(&body["out"]["newly_exempt_m2"], expected.newly_exempt_m2);
        assert_same(
            &body["out"]["boundary_or_scope_m2"],
            expected.boundary_or_scope_out_m2,
        );
        assert_same(&body["out"]["reached_m2"], expected.reached_m2);
        // The ends are the totals that /remaining gives for those days.
        for (day, end) in [("2022-06-30", "opening_m2"), ("2024-06-30", "closing_m2")] {
            let mut question = usual_question(By::Obligation);
            question.as_of = day.parse().unwrap();
            let total = remaining(&county, question).total.at(grade).remaining_m2;
            assert!(
                (body[end].as_f64().unwrap() - total).abs() < 1e-3,
                "{end} {total}"
            );
        }
        let sum = |side: &str| -> f64 {
            body[side]
                .as_object()
                .unwrap()
                .values()
                .map(|v| v.as_f64().unwrap())
                .sum()
        };
        let closing = body["opening_m2"].as_f64().unwrap() + sum("in") - sum("out");
        assert!((closing - body["closing_m2"].as_f64().unwrap()).abs() < 1e-3);
        assert!(sum("out") > 0.0);
    }
}

#[tokio::test]
async fn a_bridge_can_be_of_one_obligation_and_of_two_states_of_knowledge() {
    let county = demo_county();
    let key = &county
        .obligations
        .iter()
        .find(|o| o.due_on_some_ground(&county))
        .unwrap()
        .key;
    let path = format!(
        "/api/v1/bridge?from=2022-12-31&to=2022-12-31&known_from=2022-12-31T16:00:00Z&obligation={key}"
    );
    let body = &get_json(&path).await["bridge"];
    let as_of = "2022-12-31".parse().unwrap();
    let expected = bridge(
        &county,
        &BridgeQuestion {
            from: Pier {
                as_of,
                known_at: "2022-12-31T16:00:00Z".parse().unwrap(),
            },
            to: Pier {
                as_of,
                known_at: usual_question(By::Obligation).known_at,
            },
            grade: Grade::Accepted,
            obligation: Some(key.clone()),
        },
    )
    .unwrap();
    assert!(expected.opening_m2 > 0.0);
    assert_same(&body["opening_m2"], expected.opening_m2);
    assert_same(&body["closing_m2"], expected.closing_m2);
}

/// Whether an obligation had ground at the end of 2022.
trait HasGround {
    fn due_on_some_ground(&self, county: &qingshan::service::County) -> bool;
}

impl HasGround for qingshan::domain::Obligation {
    fn due_on_some_ground(&self, county: &qingshan::service::County) -> bool {
        let mut question = usual_question(By::Obligation);
        question.as_of = "2022-12-31".parse().expect("a day");
        let rows = remaining(county, question).rows;
        rows.iter()
            .any(|row| row.key == self.key && row.at(Grade::Accepted).remaining_m2 > 0.0)
    }
}

#[tokio::test]
async fn a_bridge_needs_both_ends_in_order() {
    let detail = get("/api/v1/bridge?from=2022-01-01")
        .await
        .problem(400, "query.missing_parameter");
    assert!(detail.contains("to"), "{detail}");
    get("/api/v1/bridge?from=2022-01-02&to=2022-01-01")
        .await
        .problem(400, "bridge.dates_reversed");
    let unknown = get("/api/v1/bridge?from=2022-01-01&to=2022-01-01&obligation=none").await;
    unknown.problem(404, "obligation.unknown");
    get("/api/v1/bridge?from=x&to=2022-01-01")
        .await
        .problem(400, "query.date_invalid");
}
