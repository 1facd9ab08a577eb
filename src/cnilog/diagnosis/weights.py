"""The numbers behind a score, each with its reason. docs/diagnosis.md computes an example."""

from __future__ import annotations

from typing import Final

OWN: Final = {  # by the strength of the strongest signal that took part
    "conclusive": 0.85,  # one record names this cause and no other
    "strong": 0.60,  # specific, but the same words have another cause now and then
    "weak": 0.30,  # ambiguous
}
CONFIRMS: Final = 0.95  # a document proves it
SUPPORTS: Final = 0.10  # a document speaks for it
AGAIN: Final = 0.03  # it came more than once
REGULAR: Final = 0.02  # at a period: a loop that fails each time
AT_END: Final = 0.04  # still there at the end of the log
OTHER_PERIOD: Final = -0.06  # the loop that prints the text has another period
SYMPTOM: Final = 0.03  # for each symptom seen that it explains
SYMPTOMS_MOST: Final = 0.12  # beside lines of its own
TELLING: Final = {4: 0.12, 12: 0.06}  # symptoms alone: one that at most so many causes explain
PRIOR: Final = {  # symptoms alone; usual: the first to think of
    "usual": 0.22,
    "common": 0.20,
    "occasional": 0.14,
    "rare": 0.08,
}
FOCUS: Final = 0.01  # times the share of all that it brings about that is seen: breaks ties
UNEXPLAINED: Final = -0.08  # the same lines say what it would not bring about
OPPOSED: Final = -0.08  # a symptom of the same lines says that it does not show so
HEALED: Final = -0.40  # a success followed
NEVER_PRINTED: Final = -0.45  # the text is not of the version that the log states
OTHER_VERSION: Final = -0.35  # the fault is not in the version that the log states
LIKELY: Final = 0.55  # a score at which a specific signal of its own makes it likely
JITTER: Final = 0.25  # of the period: below, a rhythm is regular
