//! One pass over raw log lines, for `cnilog.ingest.native`, which calls it through `ctypes`.
//!
//! All `unsafe` code is in this file. A panic never leaves it: the caller is told that nothing was
//! done, and goes the slower way.

pub mod hashing;
pub mod lines;
pub mod mend;
pub mod skim;
pub mod spec;
pub mod texts;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;

use skim::Skimmer;

/// Raised with every change of what crosses the border, which Python compares.
const BORDER: u32 = 1;

/// What is left of a chunk, as plain memory; see `skim::Skimmed`.
#[repr(C)]
pub struct Answer {
    lines: u32,
    rows: Bytes, // u32 each
    text: Bytes,
    forced: Bytes,  // u32 each
    groups: Bytes,  // level, count, begin and end of each, u32 each
    minutes: Bytes, // of the groups, i64 each
}

#[repr(C)]
pub struct Bytes {
    begin: *mut u8,
    length: usize,
}

impl Bytes {
    fn of(bytes: Vec<u8>) -> Bytes {
        let boxed = bytes.into_boxed_slice();
        let length = boxed.len();
        Bytes { begin: Box::into_raw(boxed).cast(), length }
    }

    fn of_numbers(numbers: impl IntoIterator<Item = u32>) -> Bytes {
        Bytes::of(numbers.into_iter().flat_map(u32::to_ne_bytes).collect())
    }

    /// # Safety
    /// `self` was made by `of` and is given back once.
    unsafe fn free(&self) {
        let bytes = std::ptr::slice_from_raw_parts_mut(self.begin, self.length);
        drop(unsafe { Box::from_raw(bytes) });
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn cnilog_border() -> u32 {
    BORDER
}

/// Return how many line ends there are.
///
/// # Safety
/// `chunk` points to `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cnilog_line_ends(chunk: *const u8, length: usize) -> usize {
    let chunk = unsafe { slice::from_raw_parts(chunk, length) };
    memchr::memchr_iter(b'\n', chunk).count()
}

/// Return a skimmer by `spec` (see `spec::skimmer`); null where none can be made.
///
/// # Safety
/// `spec` points to `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cnilog_skimmer(spec: *const u8, length: usize) -> *mut Skimmer {
    let spec = unsafe { slice::from_raw_parts(spec, length) };
    let made = catch_unwind(|| spec::skimmer(spec));
    match made {
        Ok(Ok(skimmer)) => Box::into_raw(Box::new(skimmer)),
        _ => std::ptr::null_mut(),
    }
}

/// Give a skimmer back.
///
/// # Safety
/// `skimmer` came from `cnilog_skimmer`, and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cnilog_free_skimmer(skimmer: *mut Skimmer) {
    drop(unsafe { Box::from_raw(skimmer) });
}

/// Return what is left of a chunk; null where that cannot be told.
///
/// # Safety
/// `skimmer` came from `cnilog_skimmer`; `chunk` points to `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cnilog_skim(
    skimmer: *const Skimmer,
    chunk: *const u8,
    length: usize,
    forced: usize,
) -> *mut Answer {
    let (skimmer, chunk) = unsafe { (&*skimmer, slice::from_raw_parts(chunk, length)) };
    let answer = catch_unwind(AssertUnwindSafe(|| answer(skimmer, chunk, forced)));
    answer.map_or(std::ptr::null_mut(), |answer| Box::into_raw(Box::new(answer)))
}

fn answer(skimmer: &Skimmer, chunk: &[u8], forced: usize) -> Answer {
    let skimmed = skimmer.skim(&mend::mended(chunk), forced);
    let numbers = skimmed
        .groups
        .iter()
        .flat_map(|group| [u32::from(group.head.level), group.count, group.begin, group.end]);
    let minutes = skimmed.groups.iter().flat_map(|group| group.head.minute.to_ne_bytes());
    Answer {
        lines: skimmed.lines,
        groups: Bytes::of_numbers(numbers),
        minutes: Bytes::of(minutes.collect()),
        rows: Bytes::of_numbers(skimmed.rows),
        text: Bytes::of(skimmed.text),
        forced: Bytes::of_numbers(skimmed.forced),
    }
}

/// Give an answer back.
///
/// # Safety
/// `answer` came from `cnilog_skim`, and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cnilog_free_answer(answer: *mut Answer) {
    let answer = unsafe { Box::from_raw(answer) };
    for part in [&answer.rows, &answer.text, &answer.forced, &answer.groups, &answer.minutes] {
        unsafe { part.free() };
    }
}
