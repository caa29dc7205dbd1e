"""A full disk: how it is recognised, and what is said of it."""

import contextlib
import errno
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from reglab.sweeps.store.database import NAME, Database, UnusableError
from reglab.sweeps.store.rows import counts
from reglab.words import say

LEAST_ROOM = 2**16  # bytes; SQLite asks for less at a time


@contextlib.contextmanager
def explained_when_full(folder: Path) -> Iterator[None]:
    """A full disk, whoever finds it full, becomes one error that says what is safe."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if not is_full(error, folder):
            raise
        raise OSError(
            errno.ENOSPC,
            say(
                "store: the disk is full; {num_safe} results are safe in {folder}; make room "
                "and run the same command again",
                num_safe=_num_safe(folder),
                folder=folder,
            ),
        ) from None


def is_full(error: Exception, folder: Path) -> bool:
    """Whether an error means that the disk of a folder is full."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    if isinstance(error, UnusableError):  # of shared memory that finds no room SQLite says no more
        codes = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
        return error.code in codes and shutil.disk_usage(folder).free < LEAST_ROOM
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _num_safe(folder: Path) -> int:
    if not (folder / NAME).is_file():
        return 0
    database = Database(folder / NAME)
    with contextlib.closing(database), contextlib.suppress(OSError, ValueError, sqlite3.Error):
        return counts(database)["done"]
    return 0
