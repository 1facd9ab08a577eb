//! Makes clean text of bytes, as `cnilog.ingest.text` does.

use std::borrow::Cow;

/// Return whether `chunk` is UTF-8 without NULs, and each `\\r` is before an `\\n`.
pub fn is_clean(chunk: &[u8]) -> bool {
    memchr::memchr(0, chunk).is_none()
        && memchr::memchr_iter(b'\r', chunk).all(|at| chunk.get(at + 1) == Some(&b'\n'))
        && std::str::from_utf8(chunk).is_ok()
}

/// Return `chunk` as clean text: U+FFFD for what is no UTF-8, one line end for returns with or
/// without a line end after them, and no NULs.
pub fn mended(chunk: &[u8]) -> Cow<'_, [u8]> {
    if is_clean(chunk) {
        return Cow::Borrowed(chunk);
    }
    let text = String::from_utf8_lossy(chunk);
    let mut rest = text.as_bytes();
    let mut clean = Vec::with_capacity(rest.len());
    while let Some(at) = memchr::memchr2(0, b'\r', rest) {
        clean.extend_from_slice(&rest[..at]);
        let odd = rest[at];
        rest = &rest[at + 1..];
        if odd == b'\r' {
            let returns = rest.iter().take_while(|byte| **byte == b'\r').count();
            rest = &rest[returns..];
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            clean.push(b'\n');
        }
    }
    clean.extend_from_slice(rest);
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_text_is_not_copied() {
        assert!(matches!(mended("a\r\né\n".as_bytes()), Cow::Borrowed(_)));
    }

    #[test]
    fn what_is_broken_is_replaced() {
        assert_eq!(&*mended(b"a\rb\r\r\nc\0\r\r"), b"a\nb\nc\n");
        assert_eq!(&*mended(b"\xff\xe2\x82a"), "\u{fffd}\u{fffd}a".as_bytes());
    }
}
