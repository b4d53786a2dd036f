//! Rows: a table's row becomes a line, unless the table only lays the page out.

/// Most lines that a cell of a row holds; a cell with more is a page set in a table.
const LONGEST_CELL: usize = 8;

/// The cells of a row being read, each a list of lines.
#[derive(Debug, Default)]
pub(super) struct Row {
    cells: Vec<Vec<String>>,
    layout: bool,
    deleted: bool,
}

impl Row {
    /// The next cell begins.
    pub fn cell(&mut self) {
        self.cells.push(Vec::new());
    }

    /// Adds a line to the cell; gives it back where no cell is open.
    pub fn push(&mut self, line: String) -> Option<String> {
        match self.cells.last_mut() {
            Some(cell) => cell.push(line),
            None => return Some(line),
        }
        None
    }

    /// Says that the row holds what only a page does: a table of its own, a heading.
    pub fn is_layout(&mut self) {
        self.layout = true;
    }

    /// Says that the row is no longer there.
    pub fn is_deleted(&mut self) {
        self.deleted = true;
    }

    /// The row's lines: one, its cells joined by `\t`; or all lines of all cells where the row lays the page out or
    /// has a single cell with several. None where nothing is written in it.
    pub fn lines(self) -> Vec<String> {
        if self.deleted {
            return Vec::new();
        }
        let written = self.cells.iter().filter(|cell| !cell.is_empty()).count();
        let longest = self.cells.iter().map(Vec::len).max().unwrap_or(0);
        if self.layout || longest > LONGEST_CELL || (written < 2 && longest != 1) {
            return self.cells.into_iter().flatten().collect();
        }
        let cells: Vec<String> = self.cells.iter().map(|cell| cell.join(" ").replace(['\t', '\n'], " ")).collect();
        vec![cells.join("\t")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&[&str]]) -> Row {
        Row { cells: cells.iter().map(|c| c.iter().map(|l| (*l).to_owned()).collect()).collect(), ..Row::default() }
    }

    #[test]
    fn a_row_is_a_line_unless_it_is_a_page() {
        assert_eq!(row(&[&["1"], &["修路", "架桥"], &[]]).lines(), ["1\t修路 架桥\t"]);
        assert_eq!(row(&[&["一、目标", "二、任务"]]).lines(), ["一、目标", "二、任务"]);
        assert_eq!(row(&[&["菜单"], &["段"; 9]]).lines().len(), 10);
        assert_eq!(row(&[&[], &["乙"]]).lines(), ["\t乙"]);
        assert!(row(&[&[], &[]]).lines().is_empty());
        let mut page = row(&[&["左"], &["右"]]);
        page.is_layout();
        assert_eq!(page.lines(), ["左", "右"]);
    }
}
