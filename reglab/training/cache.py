"""Compiled programs kept on disk, so that the next start need not compile them again."""

import os
import stat
from importlib.metadata import version
from pathlib import Path

import jax

OFF = "REGLAB_NO_CACHE"


def keep_compiled() -> Path | None:
    """Turns JAX's persistent compilation cache on, in the user's own cache folder.

    The folder is ``reglab`` under ``XDG_CACHE_HOME`` or ``~/.cache``, open to the user alone:
    whoever can write into it can run code in this process. A folder that the user chose for JAX
    stays as it is, and the environment variable ``REGLAB_NO_CACHE`` leaves the cache off.

    Returns:
        The folder in use, or None where there is none (switched off, not writable, or a folder
        that belongs to, or can be written by, someone else).
    """
    chosen = jax.config.jax_compilation_cache_dir  # pyright: ignore[reportAttributeAccessIssue]
    if chosen:
        return Path(chosen)
    if os.environ.get(OFF):
        return None
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(home) / "reglab" / f"jax-{jax.__version__}-{version('jaxlib')}"
    if not _is_own(folder):
        return None
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)
    return folder


def _is_own(folder: Path) -> bool:
    """Whether the folder is there, the user's, and closed to all others; makes it if need be."""
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        for path in (folder.parent, folder):
            status = path.lstat()
            is_mine = not hasattr(os, "getuid") or status.st_uid == os.getuid()
            shared = stat.S_IMODE(status.st_mode) & (stat.S_IWGRP | stat.S_IWOTH)
            if not stat.S_ISDIR(status.st_mode) or not is_mine or (shared and os.name == "posix"):
                return False
    except (OSError, RuntimeError):
        return False
    return os.access(folder, os.W_OK)
