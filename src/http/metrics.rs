//! Counters and durations for Prometheus. Each server has its own, so that tests see only theirs.

use std::time::Duration;

use metrics::{Recorder, counter, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

/// Upper ends of the duration buckets, seconds: from a kept tile to the time limit.
const DURATION_BUCKETS_S: [f64; 12] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0,
];

/// The metrics of one server.
pub(super) struct Metrics(PrometheusRecorder);

impl Metrics {
    pub(super) fn new() -> Self {
        // Only an empty list of buckets is refused.
        let builder = PrometheusBuilder::new()
            .set_buckets(&DURATION_BUCKETS_S)
            .unwrap_or_else(|_none| PrometheusBuilder::new());
        let metrics = Self(builder.build_recorder());
        metrics.describe();
        metrics
    }

    fn describe(&self) {
        let recorder: &dyn Recorder = &self.0;
        for (name, text) in [
            (
                "qingshan_http_requests_total",
                "Requests answered, by route and status.",
            ),
            (
                "qingshan_tiles_total",
                "Tiles answered, by layer and whether kept from before or drawn.",
            ),
        ] {
            recorder.describe_counter(name.into(), None, text.into());
        }
        let text = "Time from the head of a request to the head of its answer.";
        recorder.describe_histogram(
            "qingshan_http_request_duration_seconds".into(),
            None,
            text.into(),
        );
        let text = "Number of the last change of the ledger.";
        recorder.describe_gauge("qingshan_ledger_revision".into(), None, text.into());
    }

    /// A request was answered. The route is its template: there are few of them.
    pub(super) fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let (method, route) = (method.to_owned(), route.to_owned());
        with_local_recorder(&self.0, || {
            counter!(
                "qingshan_http_requests_total",
                "method" => method.clone(), "route" => route.clone(), "status" => status.to_string()
            )
            .increment(1);
            histogram!(
                "qingshan_http_request_duration_seconds", "method" => method, "route" => route
            )
            .record(took.as_secs_f64());
        });
    }

    /// A tile was answered: `kept` from before, or `drawn`.
    pub(super) fn tile(&self, layer: &'static str, how: &'static str) {
        with_local_recorder(&self.0, || {
            counter!("qingshan_tiles_total", "layer" => layer, "how" => how).increment(1);
        });
    }

    /// The ledger's revision as last seen.
    pub(super) fn revision(&self, revision: i64) {
        // Exact up to 2^53 changes.
        #[expect(clippy::cast_precision_loss, reason = "there are never 2^53 changes")]
        with_local_recorder(&self.0, || {
            gauge!("qingshan_ledger_revision").set(revision as f64);
        });
    }

    /// All of it in Prometheus' text format.
    pub(super) fn text(&self) -> String {
        let handle = self.0.handle();
        handle.run_upkeep();
        handle.render()
    }
}
