"""A full disk, and one that cannot be written: what was stored is safe, and read."""

import contextlib
import errno
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from reglab.sweeps import key_of, open_store, writing
from reglab.sweeps.store.database import NAME
from tests.sweeps.helpers import (
    HOLD,
    fill,
    free,
    mounted,
    no_growing_file,
    result,
    results,
    without_rights,
)


class Disk:
    """A disk of 2 MB; where none can be mounted, SQLite's own limit on a file stands in for it."""

    def __init__(self, folder, is_real):
        self.folder, self.is_real = folder, is_real

    def take(self, store, pages):
        """Leaves room for so many pages of 4 KB."""
        if self.is_real:
            fill(self.folder, 4096 * pages + 10)
        else:
            ((there,),) = store._database.rows("PRAGMA page_count")
            store._database.rows(f"PRAGMA max_page_count = {there + pages}")

    def give(self, store):
        """Gives all room back."""
        free(self.folder)
        store._database.rows("PRAGMA max_page_count = 1000000")


@pytest.fixture(params=["mounted", "limited"])
def disk(request, tmp_path):
    is_real = request.param == "mounted" and mounted(tmp_path)
    yield Disk(tmp_path, is_real)
    if is_real:
        subprocess.run(["umount", "--lazy", tmp_path], check=True)


def add_until_full(store, batches):
    for batch in batches:
        store.add(batch)


@pytest.mark.parametrize("content", [None, bytes(2000)], ids=["rows", "weights"])
def test_a_full_disk_costs_nothing_that_was_stored(disk, content):
    folder = disk.folder / "sweep"
    batches = [results(16, 16 * number, weights=content) for number in range(40)]
    wanted = [one.experiment for batch in batches for one in batch]
    with writing(folder) as store:
        store.add(batches[0])
        disk.take(store, pages=12)
        with pytest.raises(OSError, match=r"make room and run the same command again$") as caught:
            add_until_full(store, batches[1:])
        count = len(store)
        assert count % 16 == 0
        assert caught.value.errno == errno.ENOSPC
        said = f"store: the disk is full; {count} results are safe in {folder}; "
        assert caught.value.strerror.startswith(said)
        with open_store(folder) as reader:
            for reads in (store, reader):
                assert reads.check()[:3] == (count, 0, ())
                assert len(list(reads.runs())) == count
        assert list(folder.glob("weights/.new/*")) == []
        disk.give(store)
        store.add(results(16, 10_000))  # the same writer goes on
    with open_store(folder) as reads:
        assert reads.check()[:3] == (count + 16, 0, ())
    with writing(folder) as store:
        store.add([result(one) for one in store.missing(wanted)[:16]])
        assert store.check()[:3] == (count + 32, 0, ())


@pytest.mark.costly
def test_a_disk_may_be_full_at_any_moment(disk):
    """With room for k more pages, for each k: all of a batch or nothing."""
    folder, stored, outcomes = disk.folder / "sweep", [], []
    if disk.is_real:
        fill(disk.folder)
        with pytest.raises(OSError, match=r"store: the disk is full; 0 results are safe in "):
            writing(folder)
        free(disk.folder)
    writing(folder).close()
    for pages in range(45):
        batch = results(4, 4 * pages)
        with contextlib.ExitStack() as stack:
            try:
                if disk.is_real:
                    disk.take(None, pages)
                store = stack.enter_context(writing(folder))
                disk.take(store, pages)
                store.add(batch)
            except OSError as caught:
                error = caught
            else:
                error = None
        if error is None:
            stored += [one.experiment for one in batch]
        else:
            said = f"store: the disk is full; {len(stored)} results are safe in {folder}; "
            assert (error.errno, error.strerror[: len(said)]) == (errno.ENOSPC, said)
        outcomes.append(error is None)
        with open_store(folder) as reads:  # the disk is as full as before
            assert reads.check()[:3] == (len(stored), 0, ())
            assert list(reads) == [key_of(one) for one in stored]
    assert not outcomes[0]
    assert outcomes[-1]


@pytest.mark.parametrize("end", ["closed", "killed"])
def test_a_store_is_read_where_no_file_can_be_made(tmp_path, end):
    """SQLite wants a file of shared memory to read; results may lie in its log, or not."""
    if end == "closed":
        with writing(tmp_path) as store:
            store.add(results(3))
    else:
        with subprocess.Popen(
            [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as other:
            assert other.stdout.readline() == "held\n"
            other.kill()
        (tmp_path / f"{NAME}-shm").unlink()
    assert (tmp_path / f"{NAME}-wal").exists() == (end == "killed")
    with no_growing_file(), open_store(tmp_path) as store, open_store(tmp_path) as other:
        for reads in (store, other, store):
            assert len(reads) == 3
            assert reads.check() == (3, 0, (), 0)
            assert len(list(reads.runs())) == 3
    with open_store(tmp_path) as store:  # such a reader is in nobody's way, and sees what comes
        with no_growing_file():
            assert len(store) == 3
        with writing(tmp_path) as writer:
            writer.add(results(1, 3))
            assert len(store) == 4
        assert store.check() == (4, 0, (), 0)


def test_a_store_is_read_where_nothing_can_be_written():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # another user is to find the way
        with writing(folder) as store:
            store.add(results(3))
        with without_rights(folder):
            with pytest.raises(PermissionError):
                (folder / "file").touch()
            watching = open_store(folder)
            assert watching.check() == (3, 0, (), 0)
            assert len(list(watching.runs())) == 3
            with pytest.raises(OSError, match=r"^store: .* cannot be used: "):
                writing(folder)
        with watching as store, writing(folder) as writer:
            writer.add(results(1, 3))
            assert len(store) == 4
