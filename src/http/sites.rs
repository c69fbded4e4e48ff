//! Sites: the list and one of them.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Caller;
use super::app::App;
use super::problem::Problem;
use super::query::{self, Asked, USUAL_PAGE};
use super::refusal::Refusal;
use super::wire::{SiteDetailWire, SiteWire};
use crate::domain::{By, Category, Day, Grade, Instant};
use crate::service::{SiteFilter, site_page, site_summary};

/// Which sites, on which day, how well evidenced.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SitesParams {
    /// True on the ground on this day; today in Asia/Shanghai when left out.
    #[serde(default, deserialize_with = "query::day")]
    #[param(value_type = Option<String>, format = Date)]
    as_of: Option<Day>,
    /// As known at this moment, RFC 3339; now when left out.
    #[serde(default, deserialize_with = "query::instant")]
    #[param(value_type = Option<String>, format = DateTime)]
    known_at: Option<Instant>,
    /// Counting claims of this grade and above: 1 to 4, or a word; 4 when left out.
    #[serde(default, deserialize_with = "query::grade")]
    #[param(value_type = Option<String>, example = "4")]
    grade: Option<Grade>,
    /// Only sites of this township.
    township: Option<String>,
    /// Only sites of this category.
    #[serde(default, deserialize_with = "query::category")]
    #[param(value_type = Option<String>, example = "legacy_government")]
    category: Option<Category>,
    /// Sites on a page, 1 to 5000; 500 when left out.
    #[serde(default, deserialize_with = "query::limit")]
    #[param(minimum = 1, maximum = 5000)]
    limit: Option<usize>,
    /// The code after which the page begins: `meta.next` of the page before.
    after: Option<String>,
}

/// A page of sites.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SitesAnswer {
    /// By code.
    sites: Vec<SiteWire>,
    meta: SitesMeta,
}

/// Where the page stands.
#[derive(Debug, Serialize, ToSchema)]
struct SitesMeta {
    /// Sites on all pages.
    total: usize,
    /// `after` of the next page; null on the last.
    next: Option<String>,
}

/// Sites with their figures, by code.
#[utoipa::path(
    get, operation_id = "list_sites", path = "/sites", tag = "sites", params(SitesParams),
    responses(
        (status = 200, description = "A page of sites", body = SitesAnswer),
        (status = 400, description = "A parameter cannot be used", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<SitesParams>,
) -> Result<Response, Refusal> {
    app.answer(caller, move |setting, _language| {
        let question = setting.question(asked.as_of, asked.known_at, asked.grade, By::Site);
        let filter = SiteFilter {
            township: asked.township,
            category: asked.category,
        };
        let limit = asked.limit.unwrap_or(USUAL_PAGE);
        let page = site_page(
            &setting.county,
            question,
            &filter,
            asked.after.as_deref(),
            limit,
        );
        Ok(SitesAnswer {
            sites: page
                .sites
                .iter()
                .map(|s| SiteWire::new(s, question.grade))
                .collect(),
            meta: SitesMeta {
                total: page.total,
                next: page.next,
            },
        })
    })
    .await
}

/// On which day, how well evidenced.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SiteParams {
    /// True on the ground on this day; today in Asia/Shanghai when left out.
    #[serde(default, deserialize_with = "query::day")]
    #[param(value_type = Option<String>, format = Date)]
    as_of: Option<Day>,
    /// As known at this moment, RFC 3339; now when left out.
    #[serde(default, deserialize_with = "query::instant")]
    #[param(value_type = Option<String>, format = DateTime)]
    known_at: Option<Instant>,
    /// Counting claims of this grade and above: 1 to 4, or a word; 4 when left out.
    #[serde(default, deserialize_with = "query::grade")]
    #[param(value_type = Option<String>, example = "4")]
    grade: Option<Grade>,
}

/// One site.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SiteAnswer {
    site: SiteDetailWire,
}

/// One site: its figures, versions, areas by four methods, and what each obligation asks of it.
#[utoipa::path(
    get, operation_id = "read_site", path = "/sites/{code}", tag = "sites",
    params(("code" = String, Path, description = "The site's code"), SiteParams),
    responses(
        (status = 200, description = "The site", body = SiteAnswer),
        (status = 400, description = "A parameter cannot be used", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "There is no such site", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(super) async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Asked(asked): Asked<SiteParams>,
) -> Result<Response, Refusal> {
    app.answer(caller, move |setting, language| {
        let question = setting.question(asked.as_of, asked.known_at, asked.grade, By::Site);
        let summary = site_summary(&setting.county, &code, question)
            .ok_or_else(|| Refusal::not_found("site.unknown").with("key", &code))?;
        Ok(SiteAnswer {
            site: SiteDetailWire::new(&summary, question, language),
        })
    })
    .await
}
