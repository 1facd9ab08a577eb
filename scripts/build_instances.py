"""Write the table of instance limits from the CNI's own source.

    scripts/build_instances.py pkg/vpc/vpc_ip_resource_limit.go > src/cnilog/documents/instances.csv

Only the numbers are taken: how many ENIs the first network card holds, how many IPv4 addresses an
ENI holds (its own among them), and whether the hypervisor is nitro, which prefixes need.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_ENTRY = re.compile(
    r'"(?P<type>[a-z0-9.-]+)":\s*\{\s*ENILimit:\s*(?P<enis>\d+),\s*IPv4Limit:\s*(?P<ips>\d+),'
    r'.*?HypervisorType:\s*"(?P<hypervisor>\w*)",\s*IsBareMetal:\s*(?P<metal>true|false)',
    re.DOTALL,
)


def main(source: str) -> None:
    """Print the table, sorted by instance type."""
    print("type,enis,addresses_per_eni,nitro")
    for found in sorted(_ENTRY.finditer(Path(source).read_text("utf-8")), key=lambda one: one[1]):
        nitro = found["hypervisor"] == "nitro" or found["metal"] == "true"
        print(found["type"], found["enis"], found["ips"], str(nitro).lower(), sep=",")


if __name__ == "__main__":
    main(sys.argv[1])
