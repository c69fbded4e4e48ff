//! Tables that stay aligned when half of the text is Chinese.

use unicode_width::UnicodeWidthStr;

/// Lines of a table: the first column to the left, the others as told.
#[must_use]
pub fn lines(head: &[String], rows: &[Vec<String>], numbers_from: usize) -> Vec<String> {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.width()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let line = |cells: &[String]| -> String {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(column, (cell, width))| padded(cell, *width, column >= numbers_from))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    let rule = widths
        .iter()
        .map(|width| "─".repeat(*width))
        .collect::<Vec<_>>()
        .join("  ");
    let mut lines = vec![line(head), rule];
    lines.extend(rows.iter().map(|row| line(row)));
    lines
}

fn padded(cell: &str, width: usize, to_the_right: bool) -> String {
    let gap = " ".repeat(width.saturating_sub(cell.width()));
    if to_the_right {
        format!("{gap}{cell}")
    } else {
        format!("{cell}{gap}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_under_chinese_heads() {
        let head = ["任务".to_owned(), "剩余（亩）".to_owned()];
        let rows = [
            vec!["平台、边坡".to_owned(), "127.50".to_owned()],
            vec!["x".into(), "1.00".into()],
        ];
        let lines = lines(&head, &rows, 1);
        let widths: Vec<usize> = lines.iter().map(|l| l.width()).collect();
        assert!(
            widths.windows(2).all(|pair| pair[0] == pair[1]),
            "{lines:#?}"
        );
    }
}
