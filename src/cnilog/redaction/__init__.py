"""Replace what names somebody's cluster by stand-ins, the same for the same thing.

Account ids, names in ARNs, hosts, pods, addresses, MACs and EC2 ids become others of the same
shape, so that a redacted text still reads, parses and diagnoses as before. Two addresses that
share a prefix still share it; addresses that are the same everywhere (loopback, 169.254.169.254)
stay. Names without a shape of their own are learned first, from where they stand (`names_in`).
"""

from __future__ import annotations

from cnilog.redaction.contexts import names_in
from cnilog.redaction.names import Names
from cnilog.redaction.redactor import Redactor
from cnilog.redaction.stand_ins import KINDS

__all__ = ["KINDS", "Names", "Redactor", "names_in"]
