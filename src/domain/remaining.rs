//! The answer the product exists for: what remains, by obligation, site, township or party.

use std::collections::{BTreeMap, HashMap};

use chrono::Days;
use rayon::prelude::*;

use super::accounting::{ByGrade, Figures, Subject};
use super::obligation::Obligation;
use super::pace::{Pace, WINDOWS_DAYS, pace};
use super::record::{RecordId, Site};
use super::status::{Circumstances, Status, is_stale};
use super::time::{Day, Instant};
use super::timeline::Timeline;
use super::words::{Grade, Stage};

/// By what the rows are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum By {
    /// One row per obligation.
    #[default]
    Obligation,
    /// One row per site.
    Site,
    /// One row per township.
    Township,
    /// One row per responsible party.
    Liable,
}

/// A question about figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// True on the ground on this day.
    pub as_of: Day,
    /// As we knew it at this moment.
    pub known_at: Instant,
    /// Counting claims of this grade and above.
    pub grade: Grade,
    /// By what the rows are made.
    pub by: By,
}

/// A site with its figures over time, as known at the question's moment.
#[derive(Clone, Copy, Debug)]
pub struct SiteAccount<'a> {
    /// The site; only its code, kind and terms are looked at.
    pub site: &'a Site,
    /// Its figures.
    pub timeline: &'a Timeline,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Remaining {
    /// What was asked.
    pub question: Question,
    /// The rows, in the order of obligations or of keys. They need not add up to the total: the
    /// same ground may owe several obligations.
    pub rows: Vec<Row>,
    /// All ground once.
    pub total: Row,
}

/// One row of the answer.
#[derive(Clone, Debug)]
pub struct Row {
    /// What the row is about.
    pub key: String,
    /// Its title, Chinese.
    pub title_zh: String,
    /// Its title, English.
    pub title_en: String,
    /// The obligation, on rows by obligation.
    pub obligation: Option<ObligationOfRow>,
    /// How it stands; on other rows the gravest of its obligations, `None` when it has none.
    pub status: Option<Status>,
    /// Figures at the four grades.
    pub by_grade: ByGrade,
    /// Obligation ground of sites of which nothing was recorded for 90 days, m².
    pub stale_m2: f64,
    /// Pace at the asked grade, on rows by obligation with ground.
    pub pace: Option<Pace>,
}

/// What a row by obligation says of its obligation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObligationOfRow {
    /// Item of the plan.
    pub item_no: Option<u32>,
    /// Measure of the item.
    pub measure_no: Option<u32>,
    /// The stage its ground must reach.
    pub required_stage: Stage,
    /// Last day to be in time, as of the day asked about.
    pub due_on: Option<Day>,
}

impl Row {
    /// The figures at a grade.
    #[must_use]
    pub fn at(&self, grade: Grade) -> &Figures {
        let [reported, evidenced, verified, accepted] = &self.by_grade;
        match grade {
            Grade::Reported => reported,
            Grade::Evidenced => evidenced,
            Grade::Verified => verified,
            Grade::Accepted => accepted,
        }
    }
}

/// Sums of one subject over the sites of a row.
#[derive(Clone, Debug, Default)]
struct Sums {
    by_grade: ByGrade,
    stale_m2: f64,
    done_before_m2: [f64; 3],
    last_record_on: Option<Day>,
    is_in_scope: bool,
}

/// Sums of every subject over the sites of a row.
///
/// A list: there are few subjects, and looking through them beats hashing for every site.
#[derive(Clone, Debug, Default)]
struct Subjects(Vec<(Subject, Sums)>);

impl Subjects {
    fn new() -> Self {
        Self::default()
    }

    fn get(&self, subject: Subject) -> Option<&Sums> {
        self.0
            .iter()
            .find(|(of, _)| *of == subject)
            .map(|(_, sums)| sums)
    }

    fn entry(&mut self, subject: Subject) -> &mut Sums {
        let found = self.0.iter().position(|(of, _)| *of == subject);
        let place = found.unwrap_or_else(|| {
            self.0.push((subject, Sums::default()));
            self.0.len() - 1
        });
        &mut self.0[place].1
    }
}

/// Answers a question from the sites' figures.
#[must_use]
pub fn remaining(
    accounts: &[SiteAccount<'_>],
    obligations: &[Obligation],
    question: Question,
) -> Remaining {
    let mut groups: BTreeMap<String, (String, Subjects)> = BTreeMap::new();
    let county = county_sums(accounts, question);
    if question.by != By::Obligation {
        for account in accounts {
            let (key, title) = group_of(account.site, question);
            let (_, subjects) = groups
                .entry(key)
                .or_insert_with(|| (title, Subjects::new()));
            add_site(subjects, account, question);
        }
    }
    let rows = if question.by == By::Obligation {
        obligations
            .iter()
            .map(|o| obligation_row(o, &county, question))
            .collect()
    } else {
        groups
            .into_iter()
            .map(|(key, (title, subjects))| {
                union_row(
                    key,
                    (title.clone(), title),
                    &subjects,
                    obligations,
                    question,
                )
            })
            .collect()
    };
    let titles = ("全县合计".to_owned(), "County total".to_owned());
    let total = union_row("total".to_owned(), titles, &county, obligations, question);
    Remaining {
        question,
        rows,
        total,
    }
}

/// The sums over all sites; large counties on all cores, added up in one fixed order.
fn county_sums(accounts: &[SiteAccount<'_>], question: Question) -> Subjects {
    const SITES_AT_A_TIME: usize = 2048;
    let parts: Vec<Subjects> = accounts
        .par_chunks(SITES_AT_A_TIME)
        .map(|sites| {
            let mut subjects = Subjects::new();
            for account in sites {
                add_site(&mut subjects, account, question);
            }
            subjects
        })
        .collect();
    parts.into_iter().fold(Subjects::new(), |mut total, part| {
        for (subject, sums) in part.0 {
            total.entry(subject).add(&sums);
        }
        total
    })
}

impl Sums {
    fn add(&mut self, other: &Self) {
        for (sum, figures) in self.by_grade.iter_mut().zip(other.by_grade) {
            *sum += figures;
        }
        self.stale_m2 += other.stale_m2;
        for (sum, done_m2) in self.done_before_m2.iter_mut().zip(other.done_before_m2) {
            *sum += done_m2;
        }
        self.last_record_on = self.last_record_on.max(other.last_record_on);
        self.is_in_scope |= other.is_in_scope;
    }
}

fn group_of(site: &Site, question: Question) -> (String, String) {
    let terms = site.terms_at(question.as_of, question.known_at);
    match question.by {
        By::Township => {
            let township = terms.and_then(|t| t.township.clone()).unwrap_or_default();
            (township.clone(), township)
        }
        By::Liable => {
            let liable = terms.and_then(|t| t.liable.clone()).unwrap_or_default();
            (liable.clone(), liable)
        }
        By::Site | By::Obligation => {
            let name = terms.map_or_else(|| site.code.clone(), |t| t.name.clone());
            (site.code.clone(), name)
        }
    }
}

fn add_site(subjects: &mut Subjects, account: &SiteAccount<'_>, question: Question) {
    let timeline = account.timeline;
    let Some(step) = timeline.at(question.as_of) else {
        return;
    };
    let last_record_on = timeline.last_record_on(question.as_of);
    let stale = is_stale(question.as_of, last_record_on);
    for (subject, by_grade) in &step.figures {
        let sums = subjects.entry(*subject);
        for (sum, figures) in sums.by_grade.iter_mut().zip(by_grade) {
            *sum += *figures;
        }
        if let (true, [figures, ..]) = (stale, by_grade) {
            sums.stale_m2 += figures.obligation_m2;
        }
    }
    for id in &step.in_scope {
        let sums = subjects.entry(Some(*id));
        sums.is_in_scope = true;
        sums.last_record_on = sums.last_record_on.max(last_record_on);
    }
    add_done_before(subjects, timeline, question);
}

/// What was done 30, 90 and 365 days earlier counts even where the site has left the scope since.
fn add_done_before(subjects: &mut Subjects, timeline: &Timeline, question: Question) {
    for (window, days) in WINDOWS_DAYS.into_iter().enumerate() {
        let before = question.as_of.checked_sub_days(Days::new(days.into()));
        let Some(step) = before.and_then(|day| timeline.at(day)) else {
            continue;
        };
        for (subject, by_grade) in &step.figures {
            let place = usize::from(question.grade.number() - 1);
            let done_m2 = by_grade.get(place).map_or(0.0, |figures| figures.done_m2);
            let sums = subjects.entry(*subject);
            if let Some(sum) = sums.done_before_m2.get_mut(window) {
                *sum += done_m2;
            }
        }
    }
}

fn obligation_row(obligation: &Obligation, county: &Subjects, question: Question) -> Row {
    let sums = county.get(Some(obligation.id)).cloned().unwrap_or_default();
    let terms = obligation.terms_at(question.as_of, question.known_at);
    let due_on = terms.map(|t| t.due_on);
    let row = Row {
        key: obligation.key.clone(),
        title_zh: obligation.title_zh.clone(),
        title_en: obligation.title_en.clone(),
        obligation: Some(ObligationOfRow {
            item_no: obligation.item_no,
            measure_no: obligation.measure_no,
            required_stage: obligation.required_stage,
            due_on,
        }),
        status: None,
        by_grade: sums.by_grade,
        stale_m2: sums.stale_m2,
        pace: None,
    };
    let Some(due_on) = due_on else { return row };
    let figures = *row.at(question.grade);
    let pace = pace_of(&figures, &sums, due_on, question);
    let status = status_of(&sums, due_on, pace, question);
    Row {
        status: Some(status),
        pace: (figures.obligation_m2 > 0.0).then_some(pace),
        ..row
    }
}

fn pace_of(figures: &Figures, sums: &Sums, due_on: Day, question: Question) -> Pace {
    pace(
        question.as_of,
        due_on,
        figures.remaining_m2,
        figures.done_m2,
        sums.done_before_m2,
    )
}

fn status_of(sums: &Sums, due_on: Day, pace: Pace, question: Question) -> Status {
    Circumstances {
        as_of: question.as_of,
        due_on,
        grade: question.grade,
        by_grade: sums.by_grade,
        last_record_on: sums.last_record_on,
        ratio: pace.ratio,
    }
    .status()
}

fn union_row(
    key: String,
    (title_zh, title_en): (String, String),
    subjects: &Subjects,
    obligations: &[Obligation],
    question: Question,
) -> Row {
    let status = obligations
        .iter()
        .filter_map(|o| status_within(o, subjects, question))
        .max_by_key(|status| status.gravity());
    let union = subjects.get(None).cloned().unwrap_or_default();
    Row {
        key,
        title_zh,
        title_en,
        obligation: None,
        status,
        by_grade: union.by_grade,
        stale_m2: union.stale_m2,
        pace: None,
    }
}

/// The status of an obligation on the ground of some sites only; `None` when none is in its scope.
fn status_within(
    obligation: &Obligation,
    subjects: &Subjects,
    question: Question,
) -> Option<Status> {
    let sums = subjects
        .get(Some(obligation.id))
        .filter(|sums| sums.is_in_scope)?;
    let due_on = obligation
        .terms_at(question.as_of, question.known_at)?
        .due_on;
    let place = usize::from(question.grade.number() - 1);
    let pace = pace_of(sums.by_grade.get(place)?, sums, due_on, question);
    Some(status_of(sums, due_on, pace, question))
}

/// The rows of one site: each obligation that asks anything of it, on its ground only.
#[must_use]
pub fn rows_of_site(
    account: SiteAccount<'_>,
    obligations: &[Obligation],
    question: Question,
) -> Vec<Row> {
    let mut subjects = Subjects::new();
    add_site(&mut subjects, &account, question);
    obligations
        .iter()
        .filter(|o| {
            subjects
                .get(Some(o.id))
                .is_some_and(|sums| sums.is_in_scope)
        })
        .map(|o| obligation_row(o, &subjects, question))
        .collect()
}

/// Numbers of the obligations, by key.
#[must_use]
pub fn obligation_ids(obligations: &[Obligation]) -> HashMap<&str, RecordId> {
    obligations.iter().map(|o| (o.key.as_str(), o.id)).collect()
}
