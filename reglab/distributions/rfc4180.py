"""Lines of a CSV file as RFC 4180 has them, and the delimiter between their fields.

A field is either plain, without a quote, or wholly in quotes, in which a quote is written twice.
Python's reader takes much more, and drops rows on the way: a quote that nobody closes swallows
what comes after it.

References:
    Y. Shafranovich, *Common Format and MIME Type for Comma-Separated Values (CSV) Files*, RFC 4180.
"""

import re
from collections.abc import Callable, Iterator

from reglab.words import say

DELIMITERS = ",;\t|"
QUOTE = '"'
ENDS = ("", "\n", "\r", "\r\n")
SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # the first line of a file for Excel
IN_QUOTES = re.compile(r'"[^"]*"')
MOST_SHOWN = 40  # characters of a line in a message


class Records:
    """Iterates over ``(line, fields)``: where a record begins, counted from 1, and its fields.

    Lines without a character but blanks are left out, and so are comments.

    Args:
        lines: with their ends, as a file yields them that was opened with ``newline=""``.
        delimiter: between fields, one character.
        comment: begins what is no part of a record, up to the end of its line, outside of quotes.
        before: how many lines of the file came before these.
    """

    def __init__(
        self, lines: Iterator[str], delimiter: str, comment: str | None = None, before: int = 0
    ):
        self._lines, self._line = lines, before
        self._delimiter, self._comment = delimiter, comment
        # whether fields could be a row: set once the columns are known
        self.is_row: Callable[[list[str]], bool] = lambda fields: False

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        while (text := self._next()) is not None:
            line, is_quoted = self._line, QUOTE in text
            if is_quoted and self._comment and text.lstrip().startswith(self._comment):
                continue
            if not is_quoted and self._comment and self._comment in text:
                text = text.partition(self._comment)[0]
                if not text.strip():
                    continue
            fields = self._quoted(text) if is_quoted else text.rstrip("\r\n").split(self._delimiter)
            if len(fields) > 1 or fields[0].strip() or is_quoted:
                yield line, fields

    def _next(self) -> str | None:
        text = next(self._lines, None)
        if text is not None:
            self._line += 1
            if "\0" in text:
                raise ValueError(
                    say("csv: expected text, got a zero byte in line {line}", line=self._line)
                )
        return text

    def _quoted(self, text: str) -> list[str]:
        fields, place = [], 0
        while True:
            opened = self._line
            if text.startswith(QUOTE, place):
                field, text, place = self._in_quotes(text, place)
            else:
                end = text.find(self._delimiter, place)
                field = text[place:] if end < 0 else text[place:end]
                field = field.rstrip("\r\n")
                place += len(field)
                if self._comment and self._comment in field:
                    return [*fields, field.partition(self._comment)[0]]
                if QUOTE in field:
                    raise self._odd(field, self._line)
            fields.append(field)
            rest = text[place:]
            if rest in ENDS or (self._comment and rest.lstrip().startswith(self._comment)):
                return fields
            if not rest.startswith(self._delimiter):
                raise self._odd(QUOTE + field + QUOTE + rest.rstrip("\r\n"), opened)
            place += len(self._delimiter)

    def _in_quotes(self, text: str, place: int) -> tuple[str, str, int]:
        """A field in quotes that opens at ``place``; the line where it closes, and where in it."""
        first, opened, pieces = text, self._line, []
        place += 1
        while True:
            end = text.find(QUOTE, place)
            if end < 0:
                pieces.append(text[place:])
                following = self._next()
                if following is None or (QUOTE not in following and self._looks_so(following)):
                    raise self._unclosed(opened, following is not None)
                text, place = following, 0
            elif text.startswith(QUOTE, end + 1):
                pieces.append(text[place : end + 1])
                place = end + 2
            else:
                pieces.append(text[place:end])
                if self._line > opened and self._looks_so(first) and self._looks_so(text):
                    raise self._unclosed(opened, True)
                return "".join(pieces), text, end + 1

    def _looks_so(self, text: str) -> bool:
        """Whether a line looks like a whole row, so that it cannot be a part of a text."""
        return self.is_row(text.replace(QUOTE, "").rstrip("\r\n").split(self._delimiter))

    def _unclosed(self, opened: int, is_row: bool) -> ValueError:
        row = say("a row of the table in line {line}", line=self._line)
        return ValueError(
            say(
                "csv: expected the quote that opens in line {line} to be closed, got {got}; a "
                "quote that is a part of a text is written twice, in quotes",
                line=opened,
                got=row if is_row else say("the end of the file"),
            )
        )

    def _odd(self, field: str, line: int) -> ValueError:
        got = field if len(field) <= MOST_SHOWN else field[: MOST_SHOWN - 1] + "…"
        return ValueError(
            say(
                "csv: expected quotes around whole fields alone, got {got!r} in line {line}; a "
                "quote that is a part of a text is written twice, in quotes",
                got=got,
                line=line,
            )
        )


def separator(first: str) -> str | None:
    r"""The delimiter that the first line of a file declares, as ``sep=;``, or None.

    >>> separator("sep=;\n"), separator("a;b\n")
    (';', None)
    """
    match = SEPARATOR.fullmatch(first)
    return match[1] if match else None


def delimiter_of(head: str) -> str:
    r"""The delimiter, found out from the characters outside of quotes in the first two records.

    The one that stands as often in both; of several, the one that stands most often in the first.

    >>> delimiter_of('"a, b";c\n1;2\n'), delimiter_of("a,b;c,d\n1;2\n")
    (';', ';')
    """
    lines = IN_QUOTES.sub("", head.replace('""', "")).splitlines()
    records = [line for line in lines if line.strip()][:2] or [""]
    counts = [[record.count(mark) for record in records] for mark in DELIMITERS]
    best = max(range(len(counts)), key=lambda i: (len(set(counts[i])) == 1, counts[i][0]))
    if not counts[best][0]:
        best = max(range(len(counts)), key=lambda i: counts[i][0])
    return DELIMITERS[best]
