"""Fields of a text file as numbers, truth values or classes, or why they are none."""

import math
from collections.abc import Sequence

from reglab.distributions.missing import shown
from reglab.words import Message, say

# pandas' words for a missing value, and ours, in small letters
MISSING = (
    *("", "na", "n/a", "nan", "null", "none", "?", "<na>", "nat", "-nan", "#n/a", "#na"),
    *("#n/a n/a", "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan"),
)
INFINITE = ("inf", "+inf", "-inf", "infinity", "+infinity", "-infinity")
TRUTH = {"True": 1.0, "TRUE": 1.0, "true": 1.0, "False": 0.0, "FALSE": 0.0, "false": 0.0}
NO_MARKS = str.maketrans("", "", ".,")


class Cells:
    """Reads the fields of one row after the other.

    A column of inputs holds numbers, or True and False alone; its first field decides which.

    Args:
        names: of all columns.
        columns: places of the inputs among them.
        place: of the classes.
        decimal: the mark before decimals.
        missing: words for a missing value, in small letters; an empty field is one anyway.
    """

    def __init__(
        self,
        names: Sequence[str],
        columns: Sequence[int],
        place: int,
        decimal: str,
        missing: Sequence[str],
    ):
        self._names, self._columns, self.place = names, columns, place
        self._decimal, self._missing = decimal, frozenset(missing)
        self._truths: frozenset[int] | None = None  # columns of True and False, after the first row

    def is_row(self, fields: list[str]) -> bool:
        """Whether these fields could be a row."""
        if len(fields) != len(self._names) or not fields[self.place].strip():
            return False
        return all(self._is_good(fields[i]) for i in self._columns)

    def label(self, field: str, line: int) -> str:
        """The class that a field at ``place`` names."""
        text = field.strip()
        if self._is_missing(text):
            raise ValueError(self._says_missing(say("a class"), self.place, line))
        if text.lower() in INFINITE:
            raise ValueError(
                say(
                    "csv: expected a class in column {column!r}, got {got!r} in line {line}; "
                    "leave the row out",
                    column=self._names[self.place],
                    got=text,
                    line=line,
                )
            )
        return text

    def numbers(self, fields: list[str], line: int) -> tuple[float, ...]:
        """The inputs in a row."""
        texts = [fields[i] for i in self._columns]
        joined = "".join(texts)
        # float() takes more than other readers do: 1_000, and digits of other scripts
        if self._decimal == "." and not self._truths and "_" not in joined and joined.isascii():
            try:
                numbers = tuple(map(float, texts))
            except ValueError:
                pass
            else:
                if all(map(math.isfinite, numbers)):
                    self._truths = self._truths or frozenset()
                    return numbers
        if self._truths is None:
            self._truths = frozenset(i for i in self._columns if fields[i].strip() in TRUTH)
        return tuple([self._number(fields[i], i, line) for i in self._columns])

    def _number(self, text: str, column: int, line: int) -> float:
        read = self._read_truth if column in (self._truths or ()) else self._read_number
        number = read(text.strip())
        if number is not None:
            return number
        raise ValueError(self._says_odd(text, column, line))

    def _read_truth(self, text: str) -> float | None:
        return TRUTH.get(text)

    def _read_number(self, text: str) -> float | None:
        if "_" in text or not text.isascii():
            return None
        if self._decimal != ".":
            if "." in text:  # a mark of thousands, or of decimals after all
                return None
            text = text.replace(self._decimal, ".")
        number = float(text) if _is_number(text) else math.nan
        return number if math.isfinite(number) else None

    def _is_good(self, text: str) -> bool:
        text = text.strip()
        return text in TRUTH or self._is_missing(text) or self._read_number(text) is not None

    def _is_missing(self, text: str) -> bool:
        return not text or text.lower() in self._missing

    def _says_odd(self, text: str, column: int, line: int) -> Message:
        if self._is_missing(text.strip()):
            return self._says_missing(say("a number"), column, line)
        is_truth = column in (self._truths or ())
        return say(
            "csv: expected {expected} in column {column!r}, got {got} in line {line}; {advice}",
            expected=say("True or False") if is_truth else say("a number"),
            column=self._names[column],
            got=shown(text),
            line=line,
            advice=self._advice(text),
        )

    def _advice(self, text: str) -> Message:
        if self._decimal == "." and "," in text and _is_number(text.replace(",", ".")):
            return say("for a decimal comma say decimal=',', and write thousands without a mark")
        if self._decimal == "," and "." in text and _is_number(text.translate(NO_MARKS)):
            return say("decimal=',' takes no point; write thousands without a mark")
        if _is_number(text) and not math.isfinite(float(text)):
            return say("fill it or leave the row out")
        return say("name the columns of numbers in features")

    def _says_missing(self, expected: str, column: int, line: int) -> Message:
        return say(
            "csv: expected {expected} in column {column!r}, got a missing value in line {line}; "
            "fill it or leave the row out",
            expected=expected,
            column=self._names[column],
            line=line,
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
