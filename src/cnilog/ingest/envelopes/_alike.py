r"""What lines of JSON are like that differ in nothing but their text and its time.

    {"log":"{\"level\":\"info\",…}\n","stream":"stdout","time":"…","kubernetes":{"pod_name":"…"}}

All else is taken letter by letter from one line, so that whoever wrote that one wrote them all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilog.ingest.envelope import Alike
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.ingest.envelopes._carried import Carried

# A JSON string that any reader understands alike: no bare controls, no halves of surrogates.
SIGN: Final = (
    r'[^"\\\x00-\x1f]|\\["/bfrt]|\\u(?:[0-9a-ce-fA-CE-F][0-9a-fA-F]|[dD][0-7])[0-9a-fA-F]{2}'
)
# A whole object: its last quote is one of its own, and no line ends before it does.
OBJECT: Final = rf'\{{(?:{SIGN}|\\\\)*(?:{SIGN})\\"\}}(?:\\[rn])*'
UNLIKE: Final = regex(r'[^\\]"')  # inside of a string, a quote is behind a backslash
TIME: Final = r"[0-9A-Za-z:.,+ -]*"


def alike(
    line: str, value: dict[str, object], known: Carried, texts: Sequence[str], times: Sequence[str]
) -> Alike | None:
    """Return what lines are like *line*; null where more than its text depends on its text.

    Args:
        line: One JSON object.
        value: That object.
        known: What it carries.
        texts: Fields that may be the text; the first one counts.
        times: Fields of its time.
    """
    text = next((one for one in texts if isinstance(value.get(one), str)), None)
    more = known.component or known.level or known.key or known.partial
    if text is None or more or known.text != str(value[text]).removesuffix("\n"):
        return None
    return _like(line, text, times)


def _like(line: str, text: str, times: Sequence[str]) -> Alike | None:
    """Return lines that differ from *line* in text and time; null where it names the text twice."""
    names = {**dict.fromkeys(times, TIME), text: OBJECT}
    fields = "|".join(map(re.escape, names))
    # Inside a string the quote after the name would be behind a backslash.
    found = list(re.finditer(rf'"({fields})":\s*"?((?<=")(?:[^"\\]|\\.)*|[0-9.]+)', line))
    if sum(one[1] == text for one in found) != 1:
        return None
    parts, end, after = [], 0, ""
    for one, following in zip(found, [*found[1:], None], strict=True):
        parts += [re.escape(line[end : one.start(2)]), names[one[1]]]
        end = one.end(2)
        if one[1] == text:
            after = line[end : following.start(2) if following else None]
    last = found[-1][1] == text
    if not (last or UNLIKE.search(after)):
        return None
    whole = f"{''.join(parts)}{re.escape(line[end:])}"
    before, behind = (f"^{part}$" for part in whole.split(OBJECT))
    return Alike(f"^{whole}$", before, behind, text, after, last)
