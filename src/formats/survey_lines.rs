//! The lines of a coordinate text (报盘 txt): header keys, plot lines, point lines.
//!
//! Nothing is judged here but what kind of line it is; brackets, commas and digits may be
//! full-width, and spaces may stand anywhere.

/// One point line: label, ring, and two numbers in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PointLine {
    /// The label, e.g. `J1`; empty when there is none.
    pub(super) label: String,
    /// The ring it says it belongs to.
    pub(super) ring: u32,
    /// The third number: X, north, when the file keeps to the rule.
    pub(super) first: f64,
    /// The fourth number: Y, east.
    pub(super) second: f64,
}

/// One plot: its own line and the points under it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Plot {
    /// The line its plot line stands on, counted from 1; `None` when points came without one.
    pub(super) line: Option<usize>,
    /// Number of points it says it has.
    pub(super) stated_points: Option<usize>,
    /// Area it says it has, in whatever unit.
    pub(super) stated_area: Option<f64>,
    /// 点, 线 or 面, when it says so.
    pub(super) kind: Option<String>,
    /// Names and values of the other fields.
    pub(super) attributes: Vec<(String, String)>,
    /// Its points in the order of the file.
    pub(super) points: Vec<PointLine>,
    /// Lines under it that could not be read: line number and text.
    pub(super) unreadable: Vec<(usize, String)>,
}

/// A coordinate text taken apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Lines {
    /// The keys of the header with a value, in the order of the file.
    pub(super) header: Vec<(String, String)>,
    /// The plots.
    pub(super) plots: Vec<Plot>,
    /// Lines before the first plot that are no header: line number and text.
    pub(super) unreadable: Vec<(usize, String)>,
}

impl Lines {
    /// The value of a header key.
    pub(super) fn key(&self, name: &str) -> Option<&str> {
        self.header
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Takes a text apart; `on_point` is asked before a point is kept and may stop the reading.
pub(super) fn take_apart<E>(
    text: &str,
    mut on_point: impl FnMut() -> Result<(), E>,
) -> Result<Lines, E> {
    let mut lines = Lines::default();
    for (index, raw) in text.lines().enumerate() {
        let number = index + 1;
        let line = half_width(raw);
        let line = line.trim();
        if line.is_empty() || is_section(line) {
            continue;
        }
        let as_written = fields_of(raw.trim());
        let plain: Vec<String> = as_written.iter().map(|field| half_width(field)).collect();
        let fields: Vec<&str> = plain.iter().map(|field| field.trim()).collect();
        if let Some(plot) = plot_line(&fields, &as_written, number) {
            lines.plots.push(plot);
        } else if let Some(point) = point_line(&fields) {
            on_point()?;
            if lines.plots.is_empty() {
                lines.plots.push(Plot::default());
            }
            if let Some(plot) = lines.plots.last_mut() {
                plot.points.push(point);
            }
        } else if let Some((key, value)) = line.split_once('=') {
            let (key, value) = (key.trim().to_owned(), value.trim().to_owned());
            if !value.trim_matches(',').is_empty() {
                lines.header.push((key, value));
            }
        } else if let Some(plot) = lines.plots.last_mut() {
            plot.unreadable.push((number, shown(line)));
        } else {
            lines.unreadable.push((number, shown(line)));
        }
    }
    Ok(lines)
}

/// Full-width ASCII (U+FF01 to U+FF5E), the ideographic space and 【】 as their plain forms.
fn half_width(line: &str) -> String {
    line.chars()
        .map(|c| match c {
            '【' => '[',
            '】' => ']',
            '\u{3000}' | '\u{a0}' | '\u{feff}' => ' ',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            other => other,
        })
        .collect()
}

fn is_section(line: &str) -> bool {
    line.starts_with('[') && line.ends_with(']')
}

fn shown(line: &str) -> String {
    line.chars().take(60).collect()
}

/// Fields between commas, or between blanks when there is no comma.
fn fields_of(line: &str) -> Vec<&str> {
    const COMMAS: [char; 2] = [',', '，'];
    if line.contains(COMMAS) {
        line.split(COMMAS).map(str::trim).collect()
    } else {
        line.split_whitespace().collect()
    }
}

/// A plot line ends in `@`, or has 点, 线 or 面 among at least five fields.
///
/// `as_written` are the same fields before full-width characters were made plain: a name keeps its
/// （brackets）, a number or code does not need them.
fn plot_line(fields: &[&str], as_written: &[&str], number: usize) -> Option<Plot> {
    const KINDS: [&str; 3] = ["点", "线", "面"];
    let (closed, fields) = match fields {
        [head @ .., last] if last.is_empty() && head.last().is_some_and(|f| f.ends_with('@')) => {
            (true, head)
        }
        all => (all.last().is_some_and(|field| field.ends_with('@')), all),
    };
    let kind_at = fields.iter().position(|field| KINDS.contains(field));
    if !closed && (fields.len() < 5 || kind_at.is_none()) {
        return None;
    }
    let mut plot = Plot {
        line: Some(number),
        ..Plot::default()
    };
    // Before 点/线/面: count, area, number, name; after it: sheet, use, class, and what a
    // province added. A line without it keeps the same order.
    let before = ["界址点数", "地块面积", "地块编号", "地块名称"];
    let after = ["图幅号", "地块用途", "地类编码"];
    let (head, tail) = match kind_at {
        Some(at) => (
            fields.get(..at).unwrap_or_default(),
            fields.get(at + 1..).unwrap_or_default(),
        ),
        None => fields.split_at(fields.len().min(before.len())),
    };
    plot.kind = kind_at
        .and_then(|at| fields.get(at))
        .map(|kind| (*kind).to_owned());
    let written = |position: usize, value: &&str| -> String {
        let is_name = position == 3;
        as_written
            .get(position)
            .filter(|_| is_name)
            .unwrap_or(value)
            .trim_end_matches(['@', '＠'])
            .trim()
            .to_owned()
    };
    for (position, value) in head.iter().enumerate() {
        let value = &written(position, value);
        let name = before.get(position).map_or_else(
            || format!("附加{}", position + 1 - before.len()),
            |name| (*name).to_owned(),
        );
        keep(&mut plot, name, value);
    }
    for (position, value) in tail.iter().enumerate() {
        let name = after.get(position).map_or_else(
            || format!("附加{}", position + 1 - after.len()),
            |name| (*name).to_owned(),
        );
        keep(&mut plot, name, value);
    }
    Some(plot)
}

fn keep(plot: &mut Plot, name: String, value: &str) {
    let value = value.trim_end_matches('@').trim();
    match name.as_str() {
        _ if value.is_empty() => {}
        "界址点数" => plot.stated_points = value.parse().ok(),
        "地块面积" => plot.stated_area = value.parse().ok(),
        _ => plot.attributes.push((name, value.to_owned())),
    }
}

/// Label, ring and two numbers; the label, or label and ring, may be missing.
fn point_line(fields: &[&str]) -> Option<PointLine> {
    let fields = match fields {
        [head @ .., ""] => head,
        all => all,
    };
    let (label, ring, first, second) = match fields {
        [label, ring, first, second, ..] => (*label, ring.parse().ok()?, first, second),
        [label, first, second] => (*label, 1, first, second),
        [first, second] => ("", 1, first, second),
        _ => return None,
    };
    let (first, second): (f64, f64) = (first.parse().ok()?, second.parse().ok()?);
    Some(PointLine {
        label: label.to_owned(),
        ring,
        first,
        second,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Lines {
        take_apart(text, || Ok::<(), ()>(())).unwrap()
    }

    #[test]
    fn a_text_by_the_book_is_taken_apart() {
        let got = lines(
            "[属性描述]\n坐标系=2000国家大地坐标系\n带号=38\n转换参数=,,,,,,\n[地块坐标]\n\
             5,0.9998,WH-001,万和1号矿,面,,复绿,0602,@\nJ1,1,3534616.337,38416514.688\n",
        );
        assert_eq!(got.key("带号"), Some("38"));
        assert_eq!(got.key("转换参数"), None);
        let [plot] = got.plots.as_slice() else {
            panic!("{got:?}")
        };
        assert_eq!(
            (plot.stated_points, plot.stated_area),
            (Some(5), Some(0.9998))
        );
        assert_eq!(plot.kind.as_deref(), Some("面"));
        let expected = [
            ("地块编号", "WH-001"),
            ("地块名称", "万和1号矿"),
            ("地块用途", "复绿"),
            ("地类编码", "0602"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(plot.attributes, expected);
        assert_eq!(plot.points.len(), 1);
    }

    #[test]
    fn wide_characters_and_blanks_are_the_same_text() {
        let got = lines(
            "【属性描述】\n 带号 ＝ ３８ \n【地块坐标】\n４，１．５，A，B，面，，，，＠\n　J1 ， 1 ， 3534616.337 ， 416514.688 \n",
        );
        assert_eq!(got.key("带号"), Some("38"));
        assert_eq!(got.plots[0].stated_area, Some(1.5));
        assert_eq!(
            got.plots[0].points[0].second.to_bits(),
            416_514.688_f64.to_bits()
        );
    }

    #[test]
    fn a_name_keeps_its_wide_brackets() {
        let got = lines("4,1.0,ＷＨ-１,一号矿（虚构）,面,,,,@");
        let expected = [("地块编号", "WH-1"), ("地块名称", "一号矿（虚构）")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(got.plots[0].attributes, expected);
    }

    #[test]
    fn eight_to_thirteen_fields_are_plot_lines() {
        for line in [
            "4,1.0,A,甲,面,,复绿,@",
            "4,1.0,A,甲,面,,复绿,0602,@",
            "4,1.0,A,甲,面,I49,复绿,0602,图斑,水田,12,11,@",
            "4,1.0,A,甲,面,I49,复绿,0602,图斑,水田,12,11,备注,@",
        ] {
            let got = lines(line);
            assert_eq!(got.plots.len(), 1, "{line}");
            assert!(
                got.plots[0]
                    .attributes
                    .contains(&("地块编号".to_owned(), "A".to_owned()))
            );
        }
    }

    #[test]
    fn points_without_label_or_plot_are_points() {
        let got = lines("1,3534616.3,416514.6\n3534616.3 416514.6\n2,1,3534616.3,416514.6\n");
        assert_eq!(got.plots[0].points.len(), 3);
        assert_eq!(got.plots[0].line, None);
    }

    #[test]
    fn what_is_no_line_of_any_kind_is_kept_with_its_number() {
        let got = lines("面积汇总\n4,1,A,B,面,,,,@\nJ1,1,三百,416514.6\n");
        assert_eq!(got.unreadable, [(1, "面积汇总".to_owned())]);
        assert_eq!(
            got.plots[0].unreadable,
            [(3, "J1,1,三百,416514.6".to_owned())]
        );
    }
}
