//! Looks for many texts at once, at a fraction of the bytes.
//!
//! Of each text a window of eight bytes is chosen whose groups of four bytes are rare in a sample.
//! Whoever looks at every fifth group of four bytes of a line meets one of the five groups of each
//! window that is in it, so four of five groups need no look. A group that is known is followed by
//! a comparison with the texts that hold it. (Wu and Manber, 1994, with a step that never changes.)
//! Texts of fewer than eight bytes are few: they are looked for in all of a chunk at once.

use std::collections::HashMap;

use aho_corasick::AhoCorasick;
use aho_corasick::packed;

use crate::hashing::Quick;

const GROUP: usize = 4;
const STEP: usize = 5;
const WINDOW: usize = GROUP + STEP - 1;
const BITS: u32 = 18; // of the filter: 32 KiB, most of which no line asks for

/// What the texts in a line say of it.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Found {
    /// It holds a text that is wanted.
    pub wanted: bool,
    /// It holds a steady text. Where it is wanted, this may not have been looked for.
    pub steady: bool,
}

struct Text {
    bytes: Box<[u8]>,
    steady: bool,
}

#[derive(Clone, Copy)]
struct Place {
    text: u32,
    at: u32, // where in the text a group begins
}

/// Texts to look for, some of them wanted and some steady.
pub struct Texts {
    texts: Vec<Text>,
    filter: Box<[u64]>,
    slots: HashMap<u32, (u32, u32), Quick>,
    places: Vec<Place>,
    short: Few,
}

impl Texts {
    /// Return the texts, with windows that are rare in `sample`. None of them may be empty.
    ///
    /// A short one is wanted though it be steady: that keeps a line too many, and loses none.
    pub fn new(wanted: &[&[u8]], steady: &[&[u8]], sample: &[u8]) -> Result<Texts, String> {
        let (long, mut short) = parted(wanted);
        let (long_steady, short_steady) = parted(steady);
        short.extend(short_steady);
        let texts: Vec<Text> = long
            .into_iter()
            .map(|bytes| (bytes, false))
            .chain(long_steady.into_iter().map(|bytes| (bytes, true)))
            .map(|(bytes, steady)| Text { bytes: bytes.into(), steady })
            .collect();
        let mut all = Texts {
            texts,
            filter: vec![0; 1 << (BITS - 6)].into(),
            slots: HashMap::default(),
            places: Vec::new(),
            short: Few::new(&short)?,
        };
        all.index(sample);
        Ok(all)
    }

    /// Return where the short texts begin in `chunk`, in order; of such as overlap one is enough.
    pub fn short_ones(&self, chunk: &[u8]) -> Vec<usize> {
        self.short.find(chunk)
    }

    fn index(&mut self, sample: &[u8]) {
        let mut seen: HashMap<u32, u32, Quick> = HashMap::default();
        for group in sample.windows(GROUP) {
            *seen.entry(group_of(group)).or_default() += 1;
        }
        let mut found: HashMap<u32, Vec<Place>, Quick> = HashMap::default();
        for (number, text) in self.texts.iter().enumerate() {
            let window = rarest(&text.bytes, |group| seen.get(&group).copied().unwrap_or(0));
            for at in window..window + STEP {
                let place = Place { text: number as u32, at: at as u32 };
                found.entry(group_of(&text.bytes[at..])).or_default().push(place);
            }
        }
        for (group, some) in found {
            let bit = bit_of(group);
            self.filter[bit >> 6] |= 1 << (bit & 63);
            let begin = self.places.len() as u32;
            self.places.extend(some);
            self.slots.insert(group, (begin, self.places.len() as u32));
        }
    }

    /// Return what `line` holds, but for short texts.
    pub fn find(&self, line: &[u8]) -> Found {
        let mut found = Found::default();
        for at in (0..(line.len() + 1).saturating_sub(GROUP)).step_by(STEP) {
            let group = group_of(&line[at..]);
            let bit = bit_of(group);
            if self.filter[bit >> 6] >> (bit & 63) & 1 == 1 {
                self.compare(line, at, group, &mut found);
                if found.wanted {
                    return found;
                }
            }
        }
        found
    }

    #[inline(never)]
    fn compare(&self, line: &[u8], at: usize, group: u32, found: &mut Found) {
        let Some(&(begin, end)) = self.slots.get(&group) else { return };
        for place in &self.places[begin as usize..end as usize] {
            let text = &self.texts[place.text as usize];
            let begin = at.checked_sub(place.at as usize);
            if begin.is_some_and(|begin| line[begin..].starts_with(&text.bytes)) {
                found.wanted |= !text.steady;
                found.steady |= text.steady;
            }
        }
    }
}

/// Return `texts`, each once, parted by length.
fn parted<'a>(texts: &[&'a [u8]]) -> (Vec<&'a [u8]>, Vec<&'a [u8]>) {
    let mut each = texts.to_vec();
    each.sort_unstable();
    each.dedup();
    each.into_iter().partition(|text| text.len() >= WINDOW)
}

/// Texts that are few, or too short for a window.
pub struct Few {
    bytes: Vec<u8>, // texts of one
    packed: Option<packed::Searcher>,
    other: Option<AhoCorasick>, // where there are too many of them to be packed
}

impl Few {
    /// Return the texts. None of them may be empty.
    pub fn new(texts: &[&[u8]]) -> Result<Few, String> {
        if texts.iter().any(|text| text.is_empty()) {
            return Err("an empty text is in every line".into());
        }
        let bytes = texts.iter().filter(|text| text.len() == 1).map(|text| text[0]).collect();
        let more: Vec<&&[u8]> = texts.iter().filter(|text| text.len() > 1).collect();
        let packed = packed::Searcher::new(&more);
        let other = if packed.is_none() && !more.is_empty() {
            Some(AhoCorasick::new(&more).map_err(|error| error.to_string())?)
        } else {
            None
        };
        Ok(Few { bytes, packed, other })
    }

    /// Return whether one of them is in `line`.
    pub fn are_in(&self, line: &[u8]) -> bool {
        self.packed.as_ref().is_some_and(|engine| engine.find(line).is_some())
            || self.bytes.iter().any(|byte| memchr::memchr(*byte, line).is_some())
            || self.other.as_ref().is_some_and(|engine| engine.is_match(line))
    }

    fn find(&self, chunk: &[u8]) -> Vec<usize> {
        let mut found = Vec::new();
        for byte in &self.bytes {
            found.extend(memchr::memchr_iter(*byte, chunk));
        }
        if let Some(engine) = &self.packed {
            found.extend(engine.find_iter(chunk).map(|one| one.start()));
        }
        if let Some(engine) = &self.other {
            found.extend(engine.find_iter(chunk).map(|one| one.start()));
        }
        found.sort_unstable();
        found
    }
}

/// Return where the window of `text` begins whose groups were seen least.
fn rarest(text: &[u8], seen: impl Fn(u32) -> u32) -> usize {
    let cost = |at: usize| -> u32 {
        (at..at + STEP).map(|at| seen(group_of(&text[at..]))).fold(0, u32::saturating_add)
    };
    (0..=text.len() - WINDOW).min_by_key(|&at| cost(at)).unwrap_or(0)
}

#[inline]
fn group_of(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

#[inline]
fn bit_of(group: u32) -> usize {
    (group.wrapping_mul(0x9E37_79B1) >> (32 - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Texts {
        let wanted: [&[u8]; 5] =
            [b"Failed to find", b"eight ch", b"x509:", b"AccessDenied", b"\x1b"];
        Texts::new(&wanted, &[b"IP address pool stats"], b"IP address Failed to").unwrap()
    }

    fn wanted(line: &[u8]) -> bool {
        texts().find(line).wanted || !texts().short_ones(line).is_empty()
    }

    #[test]
    fn finds_a_text_wherever_it_begins() {
        for text in ["Failed to find", "eight ch", "x509:", "AccessDenied", "\u{1b}"] {
            for before in 0..40 {
                let line = format!("{}{text}{}", "a".repeat(before), "b".repeat(before % 7));
                assert!(wanted(line.as_bytes()), "{line}");
                let torn = &line.as_bytes()[..before + text.len() - 1];
                assert!(!wanted(torn), "{line}");
            }
        }
    }

    #[test]
    fn more_short_texts_than_can_be_packed_are_found_as_well() {
        let many: Vec<String> = (10..400).map(|number| format!("<{number}>")).collect();
        let many: Vec<&[u8]> = many.iter().map(String::as_bytes).collect();
        let texts = Texts::new(&many, &[], b"").unwrap();
        assert_eq!(texts.short_ones(b"<9> <10> and <399><400>"), [4, 13]);
    }

    #[test]
    fn tells_steady_lines_from_wanted_ones() {
        let texts = texts();
        assert_eq!(texts.find(b"an IP address pool stats"), Found { wanted: false, steady: true });
        assert!(texts.find(b"IP address pool stats, AccessDenied").wanted);
    }

    #[test]
    fn refuses_an_empty_text() {
        assert!(Texts::new(&[b""], &[], b"").is_err());
    }

    #[test]
    fn lines_of_any_length_are_looked_at() {
        for length in 0..20 {
            assert_eq!(texts().find(&vec![b'F'; length]), Found::default());
        }
    }
}
