"""The SQLite file of a store: opened to read, whatever the disk is like, or by one writer."""

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from reglab.words import say

NAME = "results.sqlite"
LOCK = "writer.lock"
APPLICATION = 0x7265676C  # "regl": says whose SQLite file it is
VERSION = 1  # of the schema
PATIENCE = 30.0  # seconds to wait for another process's lock

SCHEMA = (
    """CREATE TABLE results (
        key TEXT NOT NULL PRIMARY KEY,
        number INTEGER NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('done', 'failed')),
        experiment TEXT NOT NULL,
        error TEXT NOT NULL,
        step INTEGER,
        train_loss REAL,
        train_error REAL,
        true_error REAL,
        true_low REAL,
        true_high REAL,
        diverged INTEGER NOT NULL,
        weights TEXT,
        sha256 TEXT,
        flax TEXT,
        jax TEXT,
        reglab TEXT,
        seconds REAL,
        created TEXT NOT NULL,
        history BLOB
    )""",
    "CREATE UNIQUE INDEX results_in_order ON results (status, number)",
    # Numbers are never given twice, so that who reads on from a number misses nothing.
    # How many results the last sweep meant there to be, for those who watch it.
    "CREATE TABLE counter (next INTEGER NOT NULL, expected INTEGER NOT NULL)",
    "INSERT INTO counter VALUES (1, 0)",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)


class Database:
    """Answers queries, from any thread. Each answer is whole and bounded by its query's LIMIT."""

    # Nothing else may open the file in this process: closing it would drop SQLite's locks.

    def __init__(self, path: Path):
        self.path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._is_closed = False

    def __del__(self):
        self.close()

    def rows(self, query: str, *parameters: object) -> list[tuple]:
        """All rows of a query.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is damaged, or was closed.
        """
        with self._lock, explained(self.path):
            if self._is_closed:
                raise ValueError(
                    say("store: expected an open one, got {got}, closed", got=self.path.parent)
                )
            if self._connection is not None:
                return self._connection.execute(query, parameters).fetchall()
            connection, lasts = _opened(self.path)
            if lasts:
                self._connection = connection
                return connection.execute(query, parameters).fetchall()
            with contextlib.closing(connection):
                return connection.execute(query, parameters).fetchall()

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._is_closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None


class Writable(Database):
    """The only connection that writes, while it is open; its lock dies with the process.

    Raises:
        OSError: another one writes, or the file cannot be written.
        ValueError: it is no store, one of a newer schema, or damaged.
    """

    def __init__(self, path: Path):
        super().__init__(path)
        self._guard = _exclusive(path.with_name(LOCK))
        try:
            with explained(path):
                self._connection = _connected(path, "mode=rwc")
                if version_of(self) == 0:
                    self._create(self._connection)
                self._connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            self.close()
            raise

    def _create(self, connection: sqlite3.Connection) -> None:
        if self.rows("SELECT name FROM sqlite_master"):
            raise ValueError(
                say(
                    "store: expected a store or nothing at {path}, got another file", path=self.path
                )
            )
        connection.execute("PRAGMA journal_mode = WAL")
        with self.transaction() as execute:
            for statement in SCHEMA:
                execute(statement)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Callable[..., sqlite3.Cursor]]:
        """All that is executed in the block, or nothing; durable when the block has ended."""
        with self._lock, explained(self.path):
            connection = self._connection
            if connection is None:
                raise ValueError(
                    say("store: expected an open one, got {got}, closed", got=self.path.parent)
                )
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection.execute
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # SQLite may have rolled back by itself
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Closes the file and lets another one write."""
        super().close()
        guard: sqlite3.Connection | None = getattr(self, "_guard", None)
        if guard is not None:
            guard.close()


def version_of(database: Database) -> int:
    """The schema version of a store; 0 where the file holds none yet.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is of another program, of a newer schema, or damaged.
    """
    ((version,),), ((application,),) = (
        database.rows(f"PRAGMA {name}") for name in ("user_version", "application_id")
    )
    folder = database.path.parent
    if (version, application) != (0, 0) and application != APPLICATION:
        raise ValueError(
            say(
                "store: expected a store in {folder}, got another program's {file}",
                folder=folder,
                file=NAME,
            )
        )
    if version > VERSION:
        raise ValueError(
            say(
                "store: expected schema version {version} or older in {folder}, got {got}: a "
                "newer reglab wrote it",
                version=VERSION,
                folder=folder,
                got=version,
            )
        )
    return version


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Errors of SQLite become an ``OSError`` or ``ValueError`` of one line; a full disk does not.

    That one is for the writer, who knows what is safe.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = _code(error)
        if code is None or code == sqlite3.SQLITE_FULL:
            raise
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
            raise ValueError(
                say(
                    "store: expected an undamaged {path}, got one with {error}",
                    path=path,
                    error=error,
                )
            ) from None
        raise UnusableError(
            say("store: {path} cannot be used: {error}", path=path, error=error), code
        ) from None


class UnusableError(OSError):
    """SQLite could not use the file; ``code`` is SQLite's primary result code."""

    def __init__(self, message: str, code: int):
        super().__init__(message)
        self.code = code


def _code(error: sqlite3.Error) -> int | None:
    """SQLite's primary result code; None for misuse of the module."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _connected(path: Path, mode: str, patience: float = PATIENCE) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=patience,
        isolation_level=None,  # transactions begin where the code says so
        check_same_thread=False,  # a lock keeps threads apart
    )
    # Damaged text is to be found by its hash, not to stop the reading of all the rest.
    connection.text_factory = lambda raw: raw.decode(errors="replace")
    return connection


def _opened(path: Path) -> tuple[sqlite3.Connection, bool]:
    """A connection that reads, and whether to keep it.

    To read in WAL mode SQLite makes a file of shared memory beside the database. Where the disk is
    full or cannot be written there is none, and what can be had instead must not be kept: the
    first way holds off writers, the second would not notice one.
    """
    try:
        return _readable(path, "mode=rw", "query_only = ON"), True
    except sqlite3.OperationalError as error:
        first = error
    if _code(first) == sqlite3.SQLITE_BUSY:
        raise first
    with contextlib.suppress(sqlite3.OperationalError):
        return _readable(path, "mode=rw", "locking_mode = EXCLUSIVE"), False
    wal = path.with_name(f"{path.name}-wal")
    if wal.exists() and wal.stat().st_size:  # it holds results that are not yet in the file
        raise first
    return _readable(path, "mode=ro&immutable=1", "query_only = ON"), False


def _readable(path: Path, mode: str, pragma: str) -> sqlite3.Connection:
    connection = _connected(path, mode)
    try:
        connection.execute(f"PRAGMA {pragma}")
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def _exclusive(path: Path) -> sqlite3.Connection:
    """A lock that no other connection can have, in this process or another, until it is closed."""
    with explained(path):
        guard = _connected(path, "mode=rwc", patience=0)
    try:
        with explained(path):
            guard.execute("PRAGMA journal_mode = MEMORY")  # needs no room on the disk
            guard.execute("BEGIN EXCLUSIVE")
    except BaseException as error:
        guard.close()
        if isinstance(error, UnusableError) and error.code == sqlite3.SQLITE_BUSY:
            raise OSError(
                say(
                    "store: {folder} is being written by another sweep; wait for it to end",
                    folder=path.parent,
                )
            ) from None
        raise
    return guard
