"""Build the native pass into the wheel, where this machine can: cnilog is only slower without it.

It takes cargo (Rust 1.85 or newer) and the five crates that native/Cargo.toml names. With the
variable CNILOG_NATIVE at ``0`` it is left out; at ``require`` nothing is built without it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAMES: Final = {"darwin": "libcnilog_native.dylib", "win32": "cnilog_native.dll"}
PATIENCE: Final = {"CARGO_NET_RETRY": "1", "CARGO_HTTP_TIMEOUT": "10"}  # without a network


class NativeHook(BuildHookInterface[Any]):
    """Puts the library beside the module that loads it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build it, and mark the wheel as one for this kind of machine."""
        wish = os.environ.get("CNILOG_NATIVE", "")
        if self.target_name != "wheel" or wish == "0":
            return
        library = _built(Path(self.root))
        if library is not None:
            build_data["artifacts"].append(f"/src/cnilog/ingest/{library.name}")
            build_data["pure_python"] = False
            platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            build_data["tag"] = f"py3-none-{platform}"
        elif wish == "require":
            raise RuntimeError("cargo could not build native/, and CNILOG_NATIVE requires it")


def _built(root: Path) -> Path | None:
    """Return the library, beside the modules; null where it cannot be built here."""
    cargo = shutil.which("cargo")
    if cargo is None:
        print("cnilog: no cargo here, so the native pass is left out", file=sys.stderr)
        return None
    folder = root / "native"
    home = os.environ.get("CARGO_HOME", Path.home() / ".cargo")
    # Where it was built must not be in it: two builds are equal.
    plain = f"--remap-path-prefix={folder}=native --remap-path-prefix={home}=cargo"
    done = subprocess.run(
        [cargo, "build", "--release", "--quiet", "--lib"],
        cwd=folder,
        env={**PATIENCE, **os.environ, "RUSTFLAGS": plain, "CARGO_TARGET_DIR": "target"},
        check=False,
    )
    if done.returncode:
        print("cnilog: cargo failed, so the native pass is left out", file=sys.stderr)
        return None
    made = NAMES.get(sys.platform, "libcnilog_native.so")
    library = root / "src/cnilog/ingest/native.library"
    library.unlink(missing_ok=True)  # a process may have the old one open
    return Path(shutil.copy2(folder / "target/release" / made, library))
