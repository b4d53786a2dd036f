//! Periods: deadlines of reduced precision as days.
//!
//! In: ISO 8601 of reduced precision (2025, 2025-06, 2025-06-30). Out: [`Period`], its first and last day, in order of
//! the last: what is due in 2025 is due by its end.

use jiff::civil::Date;

/// A year, month or day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// Its last day.
    pub last: Date,
    /// Its first day.
    pub first: Date,
}

impl Period {
    /// The period that a text names; `None` where it names none.
    pub fn of(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year: i16 = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
        let month: Option<i8> = parts.next().map(str::parse).transpose().ok()?;
        let day: Option<i8> = parts.next().map(str::parse).transpose().ok()?;
        let first = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
        let last = match (month, day) {
            (_, Some(_)) => first,
            (Some(_), None) => first.last_of_month(),
            (None, None) => first.last_of_year(),
        };
        parts.next().is_none().then_some(Self { last, first })
    }

    /// Days from the end of `earlier` to the end of this.
    pub fn days_after(self, earlier: Self) -> i64 {
        days(earlier.last, self.last)
    }
}

/// Days from one date to another.
pub fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reduced_precision_names_its_last_day() {
        let last = |text: &str| Period::of(text).map(|period| period.last.to_string());
        assert_eq!(last("2025").as_deref(), Some("2025-12-31"));
        assert_eq!(last("2024-02").as_deref(), Some("2024-02-29"));
        assert_eq!(last("2024-02-03").as_deref(), Some("2024-02-03"));
        for none in ["", "25", "2025-13", "2025-02-30", "2025-1-1-1", "每年"] {
            assert_eq!(Period::of(none), None, "{none}");
        }
    }

    #[test]
    fn periods_are_ordered_by_their_ends() {
        let period = |text: &str| Period::of(text).unwrap();
        assert!(period("2025-06") < period("2025"));
        assert!(period("2024") < period("2025-01-01"));
        assert_eq!(period("2025").days_after(period("2024")), 365);
    }
}
