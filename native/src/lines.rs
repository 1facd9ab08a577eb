//! What a line is like: where the record in it begins, and whether its head and end are sound.
//!
//! A sound line is one record whatever else it says; of all others the caller decides. So each
//! test here may be stricter than the one that reads lines for good, and never looser.

use memchr::memmem;
use regex::bytes::Regex;

const BRACE: &[u8] = b"{\"level\":\"";
const QUOTED_BRACE: &[u8] = b"{\\\"level\\\":\\\"";
const STAMP: &[u8] = b"dddd-dd-ddTdd:dd"; // d is a digit

/// What the lines of a file are round their records.
pub enum Opening {
    /// Nothing.
    Bare,
    /// A prefix that all of which a regex takes.
    Prefix(Regex),
    /// A record in quotes: lines that a regex takes, and what comes right behind the text.
    Quoted { sound: Regex, after: Vec<u8>, last: bool },
}

/// A line that is one record.
pub struct Sound<'a> {
    /// What tells its level and its minute.
    pub head: &'a [u8],
    /// What follows its time.
    pub told: &'a [u8],
}

impl Opening {
    /// Return the record of `line`, where it is sound.
    pub fn sound<'a>(&self, line: &'a [u8]) -> Option<Sound<'a>> {
        match self {
            Opening::Bare => bare(line),
            Opening::Prefix(prefix) => {
                let at = memmem::find(line, BRACE)?;
                let (before, inner) = line.split_at(at);
                let known = before.is_ascii() && prefix.is_match(before);
                if known { bare(inner) } else { None }
            }
            Opening::Quoted { sound, after, last } => {
                let at = memmem::find(line, QUOTED_BRACE)?;
                let rest = &line[at..];
                let inner = if *last {
                    rest.strip_suffix(after.as_slice())?
                } else {
                    &rest[..memmem::find(rest, after)?]
                };
                let found = headed(inner, QUOTED_BRACE, b"\\\",\\\"ts\\\":\\\"", b"\\\"")?;
                let known = line[..at].is_ascii() && sound.is_match(line);
                known.then_some(found)
            }
        }
    }
}

fn bare(line: &[u8]) -> Option<Sound<'_>> {
    if !line.ends_with(b"\"}") || line.ends_with(b"\\\"}") {
        return None;
    }
    headed(line, BRACE, b"\",\"ts\":\"", b"\"")
}

/// Return `line` where it begins with a level and a time, with what stands between them.
fn headed<'a>(line: &'a [u8], begin: &[u8], between: &[u8], end: &[u8]) -> Option<Sound<'a>> {
    let rest = line.strip_prefix(begin)?;
    let level = match rest.get(..5)? {
        [b'i', b'n', b'f', b'o', _] | [b'w', b'a', b'r', b'n', _] => 4,
        b"debug" => 5,
        _ => return None,
    };
    let time = rest[level..].strip_prefix(between)?;
    let stamp = time.get(..STAMP.len())?;
    let fits =
        |(byte, sign): (&u8, &u8)| if *sign == b'd' { byte.is_ascii_digit() } else { byte == sign };
    if !stamp.iter().zip(STAMP).all(fits) {
        return None;
    }
    let colon = usize::from(level == 4); // the head has the same length for each level
    let head = begin.len() + level + between.len() + STAMP.len() + colon;
    let tail = &time[STAMP.len()..];
    match tail.get(..8)? {
        [b':', b'0'..=b'5', ones, b'.', a, b, c, b'Z']
            if [ones, a, b, c].iter().all(|digit| digit.is_ascii_digit()) => {}
        _ => return None,
    }
    let told = tail[8..].strip_prefix(end)?;
    Some(Sound { head: &line[..head], told })
}
