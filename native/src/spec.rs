//! Reads what Python asks for: lists of byte strings, each list and string with its length before.

use regex::bytes::Regex;

use crate::lines::{LEVELS, Opening};
use crate::skim::Skimmer;
use crate::texts::{Few, Texts};

struct Lists<'a>(&'a [u8]);

impl<'a> Lists<'a> {
    fn number(&mut self) -> Result<usize, String> {
        let (number, rest) = self.0.split_first_chunk::<4>().ok_or("ends too soon")?;
        self.0 = rest;
        Ok(u32::from_ne_bytes(*number) as usize)
    }

    fn list(&mut self) -> Result<Vec<&'a [u8]>, String> {
        (0..self.number()?).map(|_| self.text()).collect()
    }

    fn text(&mut self) -> Result<&'a [u8], String> {
        let length = self.number()?;
        let (text, rest) = self.0.split_at_checked(length).ok_or("ends too soon")?;
        self.0 = rest;
        Ok(text)
    }
}

/// Return the skimmer that `spec` asks for.
///
/// Its lists are: the opening (a kind and what belongs to it), the levels that may be passed over, the
/// regex of heads if those matter, wanted texts, steady ones, troubles, starts of agents, starts of any program, the caller that
/// is no agent, and a sample to choose rare windows by.
pub fn skimmer(spec: &[u8]) -> Result<Skimmer, String> {
    let mut lists = Lists(spec);
    let opening = opening(&lists.list()?)?;
    let passable = lists.list()?;
    let heads = lists.list()?.first().map(|one| regex(one)).transpose()?;
    let (wanted, steady) = (lists.list()?, lists.list()?);
    let (troubles, starts, markers) = (lists.list()?, lists.list()?, lists.list()?);
    let (shell, sample) = (lists.list()?, lists.list()?);
    Ok(Skimmer {
        opening,
        levels: LEVELS.map(|level| passable.contains(&level)),
        heads,
        texts: Texts::new(&wanted, &steady, sample.first().copied().unwrap_or(b""))?,
        troubles: Few::new(&troubles)?,
        starts: Few::new(&starts)?,
        markers: Few::new(&markers)?,
        shell: shell.concat(),
    })
}

fn opening(parts: &[&[u8]]) -> Result<Opening, String> {
    match parts {
        [b"bare"] => Ok(Opening::Bare),
        [b"prefix", prefix] => Ok(Opening::prefix(regex(prefix)?)),
        [b"quoted", before, behind, after, last] => {
            Ok(Opening::quoted(regex(before)?, regex(behind)?, after, !last.is_empty()))
        }
        _ => Err("asks for an unknown opening".into()),
    }
}

fn regex(text: &[u8]) -> Result<Regex, String> {
    let text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
    Regex::new(text).map_err(|error| error.to_string())
}
