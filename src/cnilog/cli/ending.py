"""How a command ends: its exit code, and one plain line on standard error where it could not.

    0    done, whatever was found         130  interrupted (Ctrl-C)
    1    a cause at or above --fail-on    143  terminated (SIGTERM)
    2    unusable input or arguments

A bug is none of these and shows its traceback.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from threading import Timer
from types import FrameType
from typing import Any, Final, cast

import typer
from typer.core import TyperGroup

from cnilog.errors import CnilogError, OutputError

FOUND: Final = 1
UNUSABLE: Final = 2
INTERRUPTED: Final = 130
TERMINATED: Final = 143
AGAIN_S: Final = 0.01  # by then what cannot raise is over

# The parser's own errors; typer exports only its leaf.
_UsageError: Final = cast("type[Exception]", typer.BadParameter.__mro__[1])


class _Terminated(BaseException):
    """SIGTERM arrived: unwind, so that no half-written file stays behind."""


class Ending(TyperGroup):
    """All commands, each ending in one of the ways above."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        arrived: list[int] = []
        try:
            with _unwinding(arrived):
                return super().invoke(ctx)
        except BaseException as error:
            # A library in whose midst a signal arrived may have made its own error of it.
            if signal.SIGTERM in arrived or isinstance(error, _Terminated):
                complain("terminated")
                raise typer.Exit(TERMINATED) from error
            if signal.SIGINT in arrived or isinstance(error, KeyboardInterrupt):
                complain("interrupted")
                raise typer.Exit(INTERRUPTED) from error
            if isinstance(error, CnilogError):
                complain(str(error))
                raise typer.Exit(UNUSABLE) from error
            if isinstance(error, _UsageError):
                complain(f"{_words(error)} See: {_help_of(error)}")
                raise typer.Exit(UNUSABLE) from error
            raise


def complain(message: str) -> None:
    """Write *message* as one line to standard error; a path in it may hold anything."""
    from cnilog.report.safety import shown

    with contextlib.suppress(BrokenPipeError):
        typer.echo(f"cnilog: {shown(' '.join(message.splitlines()))}", err=True)


def put(text: str) -> bool:
    """Write *text* to standard output; return whether anyone reads.

    A reader that went away (``| head``) ends nothing.
    """
    try:
        typer.echo(text, nl=False)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is left in the buffer would raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        reason = error.strerror or str(error)
        raise OutputError(f"standard output: cannot be written ({reason}). Make room") from error
    return True


def _words(error: Any) -> str:
    return str(error.format_message())


def _help_of(error: Any) -> str:
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context else 'cnilog'} --help"


def _once_more(told: Callable[[Any], object], unraisable: Any) -> None:
    """Send a signal again that arrived where nothing can be raised: in a ``__del__``, a callback.

    Python would write a traceback and go on as if none had come.

    Args:
        told: What takes everything else that could not be raised.
        unraisable: As `sys.unraisablehook` is given it.
    """
    error = unraisable.exc_value
    if not isinstance(error, (KeyboardInterrupt, _Terminated)):
        told(unraisable)
        return
    number = signal.SIGINT if isinstance(error, KeyboardInterrupt) else signal.SIGTERM
    again = Timer(AGAIN_S, os.kill, (os.getpid(), number))
    again.daemon = True
    again.start()


@contextlib.contextmanager
def _unwinding(arrived: list[int]) -> Iterator[None]:
    """Make SIGTERM unwind as Ctrl-C does, and note in *arrived* which of them came."""

    def terminate(number: int, frame: FrameType | None) -> None:
        arrived.append(number)
        raise _Terminated

    def interrupt(number: int, frame: FrameType | None) -> None:
        arrived.append(number)
        raise KeyboardInterrupt

    before: dict[int, Any] = {}
    unraisable = sys.unraisablehook
    try:
        before[signal.SIGTERM] = signal.signal(signal.SIGTERM, terminate)
        # One who ignores Ctrl-C, such as a shell's background job, goes on ignoring it.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            before[signal.SIGINT] = signal.signal(signal.SIGINT, interrupt)
    except ValueError:  # not in the main thread: whoever runs us there handles signals
        yield
        return
    sys.unraisablehook = partial(_once_more, unraisable)
    try:
        yield
    finally:
        sys.unraisablehook = unraisable
        for number, handler in before.items():
            signal.signal(number, handler)
