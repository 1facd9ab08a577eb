//! What a line is like: where the record in it begins, and whether its head and end are sound.
//!
//! A sound line is one record whatever else it says; of all others the caller decides. So each
//! test here may be stricter than the one that reads lines for good, and never looser.

use memchr::memmem::Finder;
use regex::bytes::Regex;

const BRACE: &[u8] = b"{\"level\":\"";
const QUOTED_BRACE: &[u8] = b"{\\\"level\\\":\\\"";
pub const LEVELS: [&[u8]; 3] = [b"debug", b"info", b"warn"];
const YEARS: std::ops::Range<i64> = 1900..2200; // that clocks show
const NO_YEAR: i64 = 1904; // stands for one that is not stated

/// What the lines of a file are round their records.
#[allow(clippy::large_enum_variant)] // a skimmer has one, however large
pub enum Opening {
    /// Nothing.
    Bare,
    /// A prefix, all of which a regex takes.
    Prefix { prefix: Regex, brace: Finder<'static> },
    /// The quotes of an object: regexes of what stands before and behind the record in it, which
    /// take all of that, and what comes right behind it.
    Quoted {
        before: Regex,
        behind: Regex,
        after: Finder<'static>,
        last: bool,
        brace: Finder<'static>,
    },
}

/// A line that is one record.
pub struct Sound<'a> {
    pub head: Head,
    /// What follows its time.
    pub told: &'a [u8],
}

/// What is counted of a record.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Head {
    /// Its place among debug, info and warn.
    pub level: u8,
    /// Minutes since 1970.
    pub minute: i64,
}

impl Opening {
    /// Return the record of `line`, where it is sound.
    pub fn sound<'a>(&self, line: &'a [u8], clock: &mut Clock) -> Option<Sound<'a>> {
        match self {
            Opening::Bare => bare(line, clock),
            Opening::Prefix { prefix, brace } => {
                let (before, inner) = line.split_at(brace.find(line)?);
                let known = before.is_ascii() && prefix.is_match(before);
                if known { bare(inner, clock) } else { None }
            }
            Opening::Quoted { before, behind, after, last, brace } => {
                let (head, rest) = line.split_at(brace.find(line)?);
                let end = if *last {
                    rest.strip_suffix(after.needle())?.len()
                } else {
                    after.find(rest)?
                };
                let (inner, tail) = rest.split_at(end);
                let found = headed(inner, QUOTED_BRACE, b"\\\",\\\"ts\\\":\\\"", b"\\\"", clock)?;
                let known = head.is_ascii() && before.is_match(head) && behind.is_match(tail);
                (known && is_object(inner)).then_some(found)
            }
        }
    }

    /// Return the opening of lines with a prefix that `prefix` takes.
    pub fn prefix(prefix: Regex) -> Opening {
        Opening::Prefix { prefix, brace: Finder::new(BRACE) }
    }

    /// Return the opening of lines whose record stands in quotes; see `Opening::Quoted`.
    pub fn quoted(before: Regex, behind: Regex, after: &[u8], last: bool) -> Opening {
        let after = Finder::new(after).into_owned();
        Opening::Quoted { before, behind, after, last, brace: Finder::new(QUOTED_BRACE) }
    }
}

/// Return whether `text`, the inside of a JSON string, is an object in one line, however many line
/// ends follow it: all escapes are such as any reader understands alike, and its last quote, which
/// is before its last brace, is one of its own.
fn is_object(text: &[u8]) -> bool {
    let mut text = text;
    while let Some(rest) = text.strip_suffix(b"\\n").or_else(|| text.strip_suffix(b"\\r")) {
        text = rest;
    }
    let Some(inside) = text.strip_prefix(b"{").and_then(|rest| rest.strip_suffix(b"\\\"}")) else {
        return false;
    };
    if inside.is_empty() || inside.iter().any(|byte| *byte < b' ') {
        return false;
    }
    let mut rest = inside;
    while let Some(at) = memchr::memchr2(b'\\', b'"', rest) {
        let length = match &rest[at..] {
            [b'\\', b'"' | b'/' | b'b' | b'f' | b'r' | b't', ..] => 2,
            [b'\\', b'\\', _, ..] => 2, // not the last: the quote behind would be another's
            [b'\\', b'u', digits @ ..] if is_character(digits) => 6,
            _ => return false,
        };
        rest = &rest[at + length..];
    }
    true
}

/// Return whether four digits that name a character come first, and no half of a pair.
fn is_character(digits: &[u8]) -> bool {
    let Some((four, _)) = digits.split_first_chunk::<4>() else { return false };
    let half = matches!(four, [b'd' | b'D', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', ..]);
    four.iter().all(u8::is_ascii_hexdigit) && !half
}

fn bare<'a>(line: &'a [u8], clock: &mut Clock) -> Option<Sound<'a>> {
    if !line.ends_with(b"\"}") || line.ends_with(b"\\\"}") {
        return None;
    }
    headed(line, BRACE, b"\",\"ts\":\"", b"\"", clock)
}

/// Return `line` where it begins with a level and a time, with what stands between them.
#[inline(always)] // with what it compares known, it calls nothing
fn headed<'a>(
    line: &'a [u8],
    begin: &[u8],
    between: &[u8],
    end: &[u8],
    clock: &mut Clock,
) -> Option<Sound<'a>> {
    let rest = line.strip_prefix(begin)?;
    let level = LEVELS.iter().position(|level| rest.starts_with(level))?;
    let time = rest[LEVELS[level].len()..].strip_prefix(between)?;
    let (stamp, tail) = time.split_first_chunk::<16>()?;
    let minute = clock.minute(stamp)?;
    match tail.get(..8)? {
        [b':', b'0'..=b'5', ones, b'.', a, b, c, b'Z']
            if [ones, a, b, c].iter().all(|digit| digit.is_ascii_digit()) => {}
        _ => return None,
    }
    let told = tail[8..].strip_prefix(end)?;
    Some(Sound { head: Head { level: level as u8, minute }, told })
}

/// Knows the minute that was asked for last: lines that follow each other mostly have the same.
#[derive(Default)]
pub struct Clock {
    stamp: [u8; 16],
    minute: Option<i64>,
}

impl Clock {
    fn minute(&mut self, stamp: &[u8; 16]) -> Option<i64> {
        if *stamp != self.stamp {
            *self = Clock { stamp: *stamp, minute: minute_of(stamp) };
        }
        self.minute
    }
}

/// Return the minute that `stamp` names, as in `2026-01-05T09:15`; none that no calendar has.
fn minute_of(stamp: &[u8]) -> Option<i64> {
    let [year @ .., b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2] = stamp else {
        return None;
    };
    let year = number(year)?;
    let (month, day) = (number(&[*m1, *m2])?, number(&[*d1, *d2])?);
    let (hour, minute) = (number(&[*h1, *h2])?, number(&[*n1, *n2])?);
    let good = YEARS.contains(&year) && year != NO_YEAR && hour < 24 && minute < 60;
    if !good || !(1..=12).contains(&month) || !(1..=days_of(year, month)).contains(&day) {
        return None;
    }
    Some((days_before(year, month) + day - 1) * 1440 + hour * 60 + minute)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, digit| {
        digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0'))
    })
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Return the days from 1970 to the first of `month`.
fn days_before(year: i64, month: i64) -> i64 {
    const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let leaps = |year: i64| year / 4 - year / 100 + year / 400;
    let years = (year - 1970) * 365 + leaps(year - 1) - leaps(1969);
    years + BEFORE[month as usize - 1] + i64::from(month > 2 && is_leap(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_those_of_the_calendar() {
        assert_eq!(minute_of(b"1970-01-01T00:00"), Some(0));
        assert_eq!(minute_of(b"2000-02-29T23:59"), Some(951_868_740 / 60));
        assert_eq!(minute_of(b"2026-01-05T09:15"), Some(1_767_604_500 / 60));
        assert_eq!(minute_of(b"1969-12-31T23:59"), Some(-1));
        for wrong in [
            "2026-02-29T00:00",
            "2026-13-01T00:00",
            "2026-00-01T00:00",
            "2026-01-00T00:00",
            "2026-04-31T00:00",
            "2026-01-05T24:00",
            "2026-01-05T09:60",
            "1904-01-05T09:15",
            "1899-01-05T09:15",
            "2200-01-05T09:15",
            "+026-01-05T09:15",
            "2026-01-05 09:15",
            "2026-01-05T9:15",
            "22026-01-05T09:15",
        ] {
            assert_eq!(minute_of(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn an_object_in_quotes_ends_where_its_last_quote_does() {
        for good in [
            r#"{\"a\":\"b\"}"#,
            r#"{\"a\":\"b\"}\n"#,
            r#"{\"a\":\"b\"}\r\n"#,
            r#"{\"a\":\"\u00e9 \\n \/ é\"}"#,
        ] {
            assert!(is_object(good.as_bytes()), "{good}");
        }
        for bad in [
            "",
            "{",
            r#"{\"}"#,
            r#"{\"a\":1}"#,
            r#"{\"a\":\"b\\\"}"#,
            r#"{\"a\":\"b\n\"}"#,
            r#"{\"a\":"b\"}"#,
            r#"{\"a\":\"\ud800\"}"#,
            r#"{\"a\":\"\u12g4\"}"#,
            r#"{\"a\":\"\x\"}"#,
            "{\\\"a\\\":\\\"\t\\\"}",
        ] {
            assert!(!is_object(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn a_level_is_told_by_its_whole_name() {
        let line = |level: &str| {
            format!(r#"{{"level":"{level}","ts":"2026-01-05T09:15:03.010Z","msg":"a"}}"#)
        };
        let level = |name: &str| {
            bare(line(name).as_bytes(), &mut Clock::default()).map(|sound| sound.head.level)
        };
        let found = ["debug", "info", "warn", "error", "inform", ""].map(level);
        assert_eq!(found, [Some(0), Some(1), Some(2), None, None, None]);
    }
}
