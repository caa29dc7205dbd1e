import os

import jax
import pytest

from reglab.training.cache import keep_compiled

NAMES = (
    "jax_compilation_cache_dir",
    "jax_persistent_cache_min_compile_time_secs",
    "jax_persistent_cache_min_entry_size_bytes",
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home, and JAX without a cache; both as they were afterwards."""
    kept = {name: getattr(jax.config, name) for name in NAMES}
    jax.config.update("jax_compilation_cache_dir", None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("REGLAB_NO_CACHE", raising=False)
    yield tmp_path
    for name, value in kept.items():
        jax.config.update(name, value)


def test_it_is_open_to_the_user_alone(home):
    before = os.umask(0)
    try:
        folder = keep_compiled()
    finally:
        os.umask(before)
    assert folder.is_relative_to(home / "reglab")
    assert [path.stat().st_mode & 0o777 for path in (folder.parent, folder)] == [0o700] * 2
    assert jax.config.jax_compilation_cache_dir == str(folder)
    assert jax.config.jax_persistent_cache_min_compile_time_secs == 0
    assert keep_compiled() == folder


def test_a_cache_that_the_user_chose_stays(home):
    jax.config.update("jax_compilation_cache_dir", "/chosen")
    assert str(keep_compiled()) == "/chosen"
    assert list(home.iterdir()) == []


def test_it_can_be_switched_off(home, monkeypatch):
    monkeypatch.setenv("REGLAB_NO_CACHE", "1")
    assert keep_compiled() is None
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_folder_that_others_can_write_is_left_alone(home, mode):
    (home / "reglab").mkdir()
    (home / "reglab").chmod(mode)
    assert keep_compiled() is None
    assert jax.config.jax_compilation_cache_dir is None


def test_a_link_to_elsewhere_is_left_alone(home):
    (home / "elsewhere").mkdir(mode=0o700)
    (home / "reglab").symlink_to(home / "elsewhere")
    assert keep_compiled() is None


def test_no_room_for_it_is_no_error(home, monkeypatch):
    (home / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "file"))
    assert keep_compiled() is None
