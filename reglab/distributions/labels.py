"""Labels of one's own: whole numbers, booleans or text, nothing missing, numbered from 0."""

import jax.numpy as jnp
import numpy as np

from reglab.distributions.frames import as_array
from reglab.distributions.missing import is_missing, masked_examples, plain, shown
from reglab.words import listed, say

INT64 = np.iinfo(np.int64)
# What a missing value is called when somebody made text of it; an exact match, since Nan is a name.
WRITTEN = ("nan", "NaN", "NaT", "<NA>")


def labels(name: str, values: object) -> np.ndarray:
    """Labels ``(n,)`` as int64, bool or text, or a ``ValueError`` of one line."""
    array = _vector(name, values)
    if array.dtype == object:
        array = _of_objects(name, [plain(value) for value in array])
    if array.dtype.kind == "V" and jnp.issubdtype(array.dtype, jnp.number):
        array = _of_objects(name, array.astype(np.float64).tolist())
    if array.dtype.kind == "f":
        array = _whole(name, array)
    if array.dtype.kind not in "biuU":
        values = {"name": name, "dtype": array.dtype}
        raise ValueError(
            say("{name}: expected whole numbers or text, got dtype {dtype}; decode them", **values)
            if array.dtype.kind == "S"
            else say("{name}: expected whole numbers or text, got dtype {dtype}", **values)
        )
    if array.dtype.kind == "U":
        _check_text(name, array)
    if array.dtype.kind == "u" and array.size and array.max() > INT64.max:
        raise _too_large(name, array.max())
    return array.astype(np.int64) if array.dtype.kind in "iu" else array


def numbered(
    y: np.ndarray, test_y: np.ndarray, *, is_apart: bool = False
) -> tuple[tuple, np.ndarray, np.ndarray]:
    """The classes in order, and both parts' labels as places in that order, int32.

    Raises:
        ValueError: one class or too many of them, or classes that only blanks tell apart; text in
            one part alone; parts that came apart (``is_apart``) and have no class in common.
    """
    if (y.dtype.kind == "U") != (test_y.dtype.kind == "U"):
        raise ValueError(say("test_y: expected labels of the kind that y has, text or numbers"))
    known = np.unique(np.concatenate([np.unique(y), np.unique(test_y)]))
    if is_apart:
        _check_coding(y, test_y)
    if y.dtype.kind == "U":
        _check_blanks(known.tolist())
    if len(known) < 2:
        raise ValueError(
            say("y: expected at least 2 classes, got only {got!r}", got=known[0].item())
        )
    if len(known) > max(1000, len(y) // 2):
        raise ValueError(
            say(
                "y: expected classes, got {got} different values for {num_labels} examples",
                got=len(known),
                num_labels=len(y),
            )
        )
    train, test = (np.searchsorted(known, part).astype(np.int32) for part in (y, test_y))
    return tuple(known.tolist()), train, test


def from_text(known: list[str]) -> np.ndarray:
    """Classes written in a file: numbers where all of them come back as they were written.

    So 10 comes after 9, while 01, 1E1 and numbers of more digits than a number holds stay text.

    >>> from_text(["9", "10"]).tolist(), from_text(["1.0", "2.0"]).tolist()
    ([9, 10], [1, 2])
    >>> from_text(["01", "1"]).tolist(), from_text(["1.0", "1"]).tolist()
    (['01', '1'], ['1.0', '1'])
    """
    for kind in (int, float):
        numbers = [_comes_back(text, kind) for text in known]
        if all(number is not None for number in numbers):
            return np.array(numbers, np.int64)
    return np.array(known)


def _check_coding(y: np.ndarray, test_y: np.ndarray) -> None:
    trained, tested = np.unique(y).tolist(), np.unique(test_y).tolist()
    if not set(trained) & set(tested):
        raise ValueError(
            say(
                "test_y: expected classes of y, such as {known}, got none of them but {got}; "
                "write both alike",
                known=shown(trained[0]),
                got=", ".join(map(shown, tested[:3])),
            )
        )


def _check_blanks(known: list[str]) -> None:
    bare: dict[str, str] = {}
    for text in known:
        if bare.setdefault(text.strip(), text) != text:
            raise ValueError(
                say(
                    "y: expected classes that differ by more than blanks, got {first} and "
                    "{second}; write them alike",
                    first=shown(bare[text.strip()]),
                    second=shown(text),
                )
            )


def _comes_back(text: str, kind: type) -> int | None:
    try:
        number = kind(text)
        whole = int(number)
    except (ValueError, OverflowError):
        return None
    is_same = repr(number) == text and whole == number
    return whole if is_same and INT64.min <= whole <= INT64.max else None


def _vector(name: str, values: object) -> np.ndarray:
    masked = masked_examples(values)
    if masked is not None:
        raise _missing(name, say("a masked value"), int(masked.argmax()))
    if isinstance(values, list | tuple) and not any(np.ndim(value) for value in values[:1]):
        array = np.empty(len(values), object)  # NumPy would make text of everything beside a text
        for place, value in enumerate(values):
            array[place] = value
        return array
    array = as_array(name, values)
    if array is None or array.ndim != 1:
        got = say("lists") if array is None else say("shape {shape}", shape=array.shape)
        raise ValueError(
            say("{name}: expected one label an example, (n,), got {got}", name=name, got=got)
        )
    return array.astype(object) if array.dtype.kind == "T" else array


def _of_objects(name: str, values: list) -> np.ndarray:
    for place, value in enumerate(values):
        if is_missing(value):
            raise _missing(name, shown(value), place)
        if not isinstance(value, str | int | float):
            raise ValueError(
                say(
                    "{name}: expected whole numbers or text, got {got}", name=name, got=shown(value)
                )
            )
    kinds = {_kind(value): value for value in values}
    if len(kinds) > 1:
        several = listed([shown(value) for value in kinds.values()])
        raise ValueError(
            say("{name}: expected labels of one kind, got {got}", name=name, got=several)
        )
    if not kinds:
        return np.empty(0, np.int64)
    if "number" not in kinds:
        return np.array(values)
    if any(isinstance(value, float) for value in values):
        _whole(name, np.array([value for value in values if isinstance(value, float)]))
    whole = [int(value) for value in values]
    large = next((value for value in whole if not INT64.min <= value <= INT64.max), None)
    if large is not None:
        raise _too_large(name, large)
    return np.array(whole, np.int64)


def _kind(value: object) -> str:
    if isinstance(value, str):
        return "text"
    return "boolean" if isinstance(value, bool) else "number"


def _whole(name: str, array: np.ndarray) -> np.ndarray:
    is_bad = np.isnan(array)
    if is_bad.any():
        raise _missing(name, "nan", int(is_bad.argmax()))
    is_bad = array != np.round(array)
    is_bad |= ~(np.abs(array) <= 2 / jnp.finfo(array.dtype).eps)  # beyond, numbers lack some digits
    if is_bad.any():
        raise ValueError(
            say(
                "{name}: expected classes, got the number {got:g}",
                name=name,
                got=array[is_bad.argmax()],
            )
        )
    return array.astype(np.int64)


def _check_text(name: str, array: np.ndarray) -> None:
    for text in np.unique(array):
        if not text.strip() or text in WRITTEN:
            place = int((array == text).argmax())
            raise _missing(
                name, say("an empty one") if not text.strip() else shown(str(text)), place
            )


def _missing(name: str, what: str, place: int) -> ValueError:
    return ValueError(
        say(
            "{name}: expected a label for every example, got {got} in example {place}; find it out "
            "or leave the example out",
            name=name,
            got=what,
            place=place,
        )
    )


def _too_large(name: str, value: object) -> ValueError:
    return ValueError(
        say("{name}: expected whole numbers of 64 bits, got {got}; use text", name=name, got=value)
    )
