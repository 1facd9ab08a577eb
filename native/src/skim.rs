//! One pass over a chunk of lines: which to decode, and how many of the others there are.

use std::collections::HashMap;

use memchr::memmem;
use regex::bytes::Regex;

use crate::hashing::Quick;
use crate::lines::{Clock, Head, Opening};
use crate::texts::{Few, Texts};

const BRACE: &[u8] = b"{\"level\":\"";

/// What is looked for in the lines of a file, and what those are like.
pub struct Skimmer {
    pub opening: Opening,
    /// Of which of `lines::LEVELS` records may be passed over.
    pub levels: [bool; 3],
    /// What a line begins with that does not go on with the one before it; where that matters.
    pub heads: Option<Regex>,
    pub texts: Texts,
    /// Texts after which a steady line before them is wanted.
    pub troubles: Few,
    /// Texts of agents that start.
    pub starts: Few,
    /// Texts of any program that starts.
    pub markers: Few,
    /// A caller whose lines are no agent's.
    pub shell: Vec<u8>,
}

/// Lines with the same head that were passed over.
pub struct Group {
    pub head: Head,
    pub count: u32,
    pub begin: u32, // the row of the first
    pub end: u32,   // and of the last
}

/// What is left of a chunk.
pub struct Skimmed {
    /// How many lines the chunk has.
    pub lines: u32,
    /// Rows of the lines to decode, in order.
    pub rows: Vec<u32>,
    /// Those lines, each with a line's end.
    pub text: Vec<u8>,
    /// Rows among them that are in a group all the same.
    pub forced: Vec<u32>,
    pub groups: Vec<Group>,
}

/// The groups so far; lines that follow each other mostly have the same head.
#[derive(Default)]
struct Groups {
    groups: Vec<Group>,
    known: HashMap<Head, usize, Quick>,
    last: usize,
}

impl Groups {
    fn add(&mut self, head: Head, row: u32) {
        if self.groups.get(self.last).is_none_or(|group| group.head != head) {
            self.last = *self.known.entry(head).or_insert(self.groups.len());
            if self.last == self.groups.len() {
                self.groups.push(Group { head, count: 0, begin: row, end: row });
            }
        }
        let group = &mut self.groups[self.last];
        group.count += 1;
        group.begin = group.begin.min(row); // a steady line is added after lines that follow it
        group.end = group.end.max(row);
    }
}

impl Skimmer {
    /// Return what is left of `chunk`, which is clean; of its first `forced` lines all.
    pub fn skim(&self, chunk: &[u8], forced: usize) -> Skimmed {
        let mut lines: Vec<&[u8]> = Vec::with_capacity(chunk.len() / 128 + 1);
        let mut odd: Vec<bool> = Vec::with_capacity(lines.capacity()); // not passed over
        let mut groups = Groups::default();
        let mut clock = Clock::default();
        let mut calm: Option<(usize, Head)> = None; // the last steady line before trouble
        let short = self.texts.short_ones(chunk);
        let mut short = short.iter().peekable();
        for (begin, line) in lines_of(chunk) {
            let row = lines.len();
            lines.push(line);
            let mut wanted = false; // as far as short texts tell
            while short.next_if(|&&at| at < begin + line.len()).is_some() {
                wanted = true;
            }
            let sound = if wanted { None } else { self.opening.sound(line, &mut clock) };
            let sound = sound.filter(|sound| self.levels[usize::from(sound.head.level)]);
            let judged = sound.map(|sound| (sound.head, self.texts.find(sound.told)));
            match judged {
                Some((head, found)) if !found.wanted && !found.steady => {
                    groups.add(head, row as u32);
                    odd.push(false);
                    continue;
                }
                Some((head, found)) if !found.wanted => {
                    if let Some((before, head)) = calm.replace((row, head)) {
                        groups.add(head, before as u32);
                        odd[before] = false;
                    }
                }
                _ if calm.is_some() && self.troubles.are_in(line) => calm = None,
                _ => {}
            }
            odd.push(true);
        }
        let wanted = self.wanted(&lines, &odd, &groups.groups, forced);
        for &row in &wanted {
            odd[row as usize] = true;
        }
        let rows: Vec<u32> = (0..lines.len() as u32).filter(|&row| odd[row as usize]).collect();
        let mut text = Vec::new();
        for &row in &rows {
            text.extend_from_slice(lines[row as usize]);
            text.push(b'\n');
        }
        Skimmed { lines: lines.len() as u32, rows, text, forced: wanted, groups: groups.groups }
    }

    /// Return rows that are decoded though they could be passed over, in order.
    ///
    /// The first ones; the first and last of the chunk; those before a line without a head; and
    /// those on either side of a line that may begin a run.
    fn wanted(&self, lines: &[&[u8]], odd: &[bool], groups: &[Group], forced: usize) -> Vec<u32> {
        let mut rows: Vec<usize> = (0..forced.min(lines.len())).collect();
        rows.extend(groups.iter().map(|group| group.begin as usize).min());
        rows.extend(groups.iter().map(|group| group.end as usize).max());
        let mut before = None; // the last row that was passed over
        let mut marked = false; // since then there was one that may begin a run
        for (row, line) in lines.iter().enumerate() {
            if !odd[row] {
                rows.extend(marked.then_some(row));
                (before, marked) = (Some(row), false);
                continue;
            }
            if row > 0 && self.heads.as_ref().is_some_and(|heads| !heads.is_match(line)) {
                rows.push(row - 1);
            }
            if !marked && self.is_mark(line) {
                rows.extend(before);
                marked = true;
            }
        }
        rows.retain(|&row| !odd[row]);
        rows.sort_unstable();
        rows.dedup();
        rows.into_iter().map(|row| row as u32).collect()
    }

    /// Return whether `line` may begin a run.
    fn is_mark(&self, line: &[u8]) -> bool {
        let zap = line.starts_with(BRACE) || memmem::find(line, BRACE).is_some();
        let agent = zap && memmem::find(line, &self.shell).is_none();
        if agent { self.starts.are_in(line) } else { self.markers.are_in(line) }
    }
}

/// Yield the lines of `chunk` without their ends, and where they begin.
fn lines_of(chunk: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let last = (!chunk.is_empty() && !chunk.ends_with(b"\n")).then_some(chunk.len());
    let mut begin = 0;
    memchr::memchr_iter(b'\n', chunk).chain(last).map(move |end| {
        let at = std::mem::replace(&mut begin, end + 1);
        let line = &chunk[at..end];
        (at, line.strip_suffix(b"\r").unwrap_or(line))
    })
}
