"""Put work off until its result is asked for: a package's imports, a module's regexes."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from typing import TYPE_CHECKING, AnyStr, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def names(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Return the ``__getattr__`` of *package*, whose public names live in *homes*.

    Args:
        package: Its full name.
        homes: Module by name.
    """

    def found(name: str) -> object:
        """Return the public *name*, imported now."""
        if name not in homes:
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        value: object = getattr(import_module(homes[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    return found


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return the regex *text*, compiled when it is first asked for something.

    For the constants of a module: most inputs need few of the hundreds, and they would be a tenth
    of the start. `re`'s own functions do not take it; call its methods.
    """
    return cast("re.Pattern[AnyStr]", _Regex(text, flags))


class _Regex:
    """A compiled regex to be, which becomes as quick as one: what was asked for stays."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self.pattern = text
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        """Return the attribute *name* of the compiled regex."""
        value: object = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, value)
        return value
