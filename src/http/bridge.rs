//! From what remained then to what remains now, line by line.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Caller;
use super::app::App;
use super::problem::Problem;
use super::query::{self, Asked};
use super::refusal::Refusal;
use crate::domain::{Bridge, Day, Grade, Instant, Pier};
use crate::service::{BridgeQuestion, bridge as bridge_of};

/// Between which dates.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BridgeParams {
    /// The earlier day.
    #[serde(deserialize_with = "query::required_day")]
    #[param(value_type = String, format = Date)]
    from: Day,
    /// The later day, or the same.
    #[serde(deserialize_with = "query::required_day")]
    #[param(value_type = String, format = Date)]
    to: Day,
    /// What was known at the earlier end, RFC 3339; what is known now when left out.
    #[serde(default, deserialize_with = "query::instant")]
    #[param(value_type = Option<String>, format = DateTime)]
    known_from: Option<Instant>,
    /// What was known at the later end, RFC 3339; what is known now when left out.
    #[serde(default, deserialize_with = "query::instant")]
    #[param(value_type = Option<String>, format = DateTime)]
    known_to: Option<Instant>,
    /// Counting claims of this grade and above: 1 to 4, or a word; 4 when left out.
    #[serde(default, deserialize_with = "query::grade")]
    #[param(value_type = Option<String>, example = "4")]
    grade: Option<Grade>,
    /// Key of an obligation; all of them with each ground once when left out.
    obligation: Option<String>,
}

/// A bridge.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BridgeAnswer {
    bridge: BridgeWire,
}

/// `opening_m2` and all that came in, less all that went out, is `closing_m2`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Bridge)]
struct BridgeWire {
    /// The earlier day.
    #[schema(format = Date)]
    from: String,
    /// The later day.
    #[schema(format = Date)]
    to: String,
    /// Remaining at the earlier end, m².
    opening_m2: f64,
    /// What came in.
    #[serde(rename = "in")]
    came_in: BridgeInWire,
    /// What went out.
    out: BridgeOutWire,
    /// Remaining at the later end, m².
    closing_m2: f64,
}

/// Ground that remains at the later end and did not at the earlier, m².
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BridgeIn)]
#[expect(clippy::struct_field_names, reason = "every number carries its unit")]
struct BridgeInWire {
    /// Was done, and was broken again or its claim revoked.
    redisturbed_or_revoked_m2: f64,
    /// An exemption ended.
    exemption_ended_m2: f64,
    /// Newly disturbed.
    new_disturbance_m2: f64,
    /// A boundary or a scope grew.
    boundary_or_scope_m2: f64,
}

/// Ground that remained at the earlier end and does not at the later, m².
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BridgeOut)]
#[expect(clippy::struct_field_names, reason = "every number carries its unit")]
struct BridgeOutWire {
    /// Newly exempt.
    newly_exempt_m2: f64,
    /// A boundary or a scope shrank.
    boundary_or_scope_m2: f64,
    /// Reached the required stage.
    reached_m2: f64,
}

/// What came in and what went out between two dates.
#[utoipa::path(
    get, operation_id = "read_bridge", path = "/bridge", tag = "figures", params(BridgeParams),
    responses(
        (status = 200, description = "The bridge", body = BridgeAnswer),
        (status = 400, description = "A parameter cannot be used", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "There is no such obligation", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn bridge(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<BridgeParams>,
) -> Result<Response, Refusal> {
    app.answer(caller, move |setting, _language| {
        let pier = |as_of, known_at: Option<_>| Pier {
            as_of,
            known_at: known_at.unwrap_or(setting.now),
        };
        let question = BridgeQuestion {
            from: pier(asked.from, asked.known_from),
            to: pier(asked.to, asked.known_to),
            grade: asked.grade.unwrap_or(Grade::Accepted),
            obligation: asked.obligation,
        };
        let lines = bridge_of(&setting.county, &question)?;
        Ok(BridgeAnswer {
            bridge: wire(&lines, asked.from, asked.to),
        })
    })
    .await
}

fn wire(lines: &Bridge, from: Day, to: Day) -> BridgeWire {
    BridgeWire {
        from: from.to_string(),
        to: to.to_string(),
        opening_m2: lines.opening_m2,
        came_in: BridgeInWire {
            redisturbed_or_revoked_m2: lines.redisturbed_or_revoked_m2,
            exemption_ended_m2: lines.exemption_ended_m2,
            new_disturbance_m2: lines.new_disturbance_m2,
            boundary_or_scope_m2: lines.boundary_or_scope_in_m2,
        },
        out: BridgeOutWire {
            newly_exempt_m2: lines.newly_exempt_m2,
            boundary_or_scope_m2: lines.boundary_or_scope_out_m2,
            reached_m2: lines.reached_m2,
        },
        closing_m2: lines.closing_m2,
    }
}
