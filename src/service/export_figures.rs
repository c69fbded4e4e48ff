//! Layers of what is computed: the stage of every face, what remains, the obligations.

use super::export::ExportRequest;
use super::export_fields::{Filling, area, columns, day, integer, optional, text};
use super::{County, remaining};
use crate::domain::{Day, Grade, Obligation, Question, Row, SiteDay};
use crate::formats::layer::{Layer, Value};

/// Every face in the footprint with its stage on a day, each ground once.
pub(super) fn stages(county: &County, request: &ExportRequest, on: Day) -> Layer {
    let names = [
        "site_code",
        "name",
        "township",
        "face",
        "stage",
        "stage_name",
        "area_m2",
    ];
    let title = request.pick("阶段现状", "Stages");
    let mut filling = Filling::new("stages", title, columns(&names, request.in_english()), true);
    for (place, state) in county.sites.iter().enumerate() {
        let site = &state.site;
        let Some(mosaic) = county.mosaic(place) else {
            continue;
        };
        let seen = SiteDay::new(site, mosaic, &county.obligations, on, request.known_at);
        let terms = site.terms_at(on, request.known_at);
        let folds = seen.folds(request.grade);
        let faces = mosaic.faces().iter().zip(seen.standings()).zip(folds);
        for (number, ((face, standing), folded)) in (0_i64..).zip(faces) {
            if !standing.in_footprint || standing.in_lower_site {
                continue;
            }
            let stage =
                crate::domain::Stage::of_number(folded.stage).filter(|_| !standing.is_exempt);
            let stage_name = stage.map_or_else(
                || request.pick("豁免", "exempt"),
                |stage| request.pick(stage.zh(), stage.code()),
            );
            let values = vec![
                text(&site.code),
                optional(terms.map(|t| t.name.as_str())),
                optional(terms.and_then(|t| t.township.as_deref())),
                Some(Value::Integer(number)),
                stage.and_then(|stage| integer(stage.number())),
                text(stage_name),
                area(face.area_m2),
            ];
            filling.push(Some(face.ground.shape()), values);
        }
    }
    filling.finish()
}

/// The rows of `remaining` and their total.
pub(super) fn remaining_rows(county: &County, request: &ExportRequest, on: Day) -> Layer {
    let names = [
        "key",
        "title",
        "item_no",
        "measure_no",
        "required_stage",
        "due_on",
        "status",
        "obligation_m2",
        "done_m2",
        "remaining_m2",
        "rem_reported_m2",
        "untreated_m2",
        "clear_m2",
        "shape_m2",
        "cover_soil_m2",
        "regreen_m2",
        "maintain_m2",
        "released_m2",
        "double_claimed_m2",
        "outside_m2",
        "skipped_m2",
        "redisturbed_m2",
        "unclassified_m2",
        "stale_m2",
        "overlap_m2",
    ];
    let title = request.pick("剩余面积", "Remaining");
    let mut filling = Filling::new(
        "remaining",
        title,
        columns(&names, request.in_english()),
        false,
    );
    let question = Question {
        as_of: on,
        known_at: request.known_at,
        grade: request.grade,
        by: request.by,
    };
    let answer = remaining(county, question);
    for row in answer.rows.iter().chain([&answer.total]) {
        filling.push(None, row_values(row, request));
    }
    filling.finish()
}

fn row_values(row: &Row, request: &ExportRequest) -> Vec<Option<Value>> {
    let figures = row.at(request.grade);
    let of = row.obligation;
    let mut values = vec![
        text(&row.key),
        text(request.pick(&row.title_zh, &row.title_en)),
        of.and_then(|o| o.item_no).and_then(integer),
        of.and_then(|o| o.measure_no).and_then(integer),
        of.and_then(|o| integer(o.required_stage.number())),
        day(of.and_then(|o| o.due_on)),
        row.status
            .and_then(|status| text(request.pick(status.zh(), status.code()))),
        area(figures.obligation_m2),
        area(figures.done_m2),
        area(figures.remaining_m2),
        area(row.at(Grade::Reported).remaining_m2),
    ];
    values.extend(figures.by_stage_m2.map(area));
    values.extend(
        [
            figures.double_claimed_m2,
            figures.outside_m2,
            figures.skipped_m2,
            figures.redisturbed_m2,
            figures.unclassified_m2,
            row.stale_m2,
            figures.overlap_m2,
        ]
        .map(area),
    );
    values
}

/// One row per obligation, with its terms in force.
pub(super) fn obligations(county: &County, request: &ExportRequest, on: Day) -> Layer {
    let names = [
        "key",
        "title",
        "item_no",
        "measure_no",
        "required_stage",
        "stage_name",
        "due_on",
    ];
    let title = request.pick("整改任务", "Obligations");
    let mut filling = Filling::new(
        "obligations",
        title,
        columns(&names, request.in_english()),
        false,
    );
    for obligation in &county.obligations {
        filling.push(None, obligation_values(obligation, request, on));
    }
    filling.finish()
}

fn obligation_values(
    obligation: &Obligation,
    request: &ExportRequest,
    on: Day,
) -> Vec<Option<Value>> {
    let stage = obligation.required_stage;
    vec![
        text(&obligation.key),
        text(request.pick(&obligation.title_zh, &obligation.title_en)),
        obligation.item_no.and_then(integer),
        obligation.measure_no.and_then(integer),
        integer(stage.number()),
        text(request.pick(stage.zh(), stage.code())),
        day(obligation
            .terms_at(on, request.known_at)
            .map(|terms| terms.due_on)),
    ]
}
