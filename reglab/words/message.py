"""A message: what a person reads, in English, with what it takes to say it in another language."""

import numbers
from typing import Any, NamedTuple, Self


class Key(NamedTuple):
    """What a catalogue has a message under.

    Attributes:
        template: in English, for one thing where there is a plural.
        plural: the template for several things; empty where nothing is counted.
        context: tells messages of the same words apart; mostly empty.
    """

    template: str
    plural: str = ""
    context: str = ""

    def of(self, number: int) -> str:
        """The English template for a number of things."""
        return self.plural if self.plural and number != 1 else self.template


class Message(str):
    """A text in English that knows the template and the values that it was made of.

    It is that text wherever a string is wanted. Whoever shows it to a person says it in that
    person's language by :meth:`into`; what raises, stores or sends it need not know the language.

    Attributes:
        key: under which catalogues have its template.
        number: of the things that it is about, which picks the form; 1 where nothing is counted.
        values: what fills the template; messages among them are said in the language too, and so is
            what an exception says. What is no text and no number is kept as it was shown.
    """

    key: Key
    number: int
    values: dict[str, object]

    def __new__(
        cls, key: Key, number: int, values: dict[str, object], text: str | None = None
    ) -> Self:
        """Makes the English text, or takes the one given, which is in another language."""
        made = super().__new__(cls, key.of(number).format(**values) if text is None else text)
        made.key, made.number = key, number
        made.values = {name: _kept(value) for name, value in values.items()}
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self.key, self.number, self.values, str(self)

    def into(self, language: str) -> "Message":
        """The same message in a language; what the language's catalogue lacks stays English.

        Args:
            language: one of :func:`reglab.words.languages`.

        Raises:
            ValueError: a language that nobody registered.
        """
        from reglab.words.catalogue import catalogue  # whose own refusals are messages

        words = catalogue(language)
        template = None if words is None else words.get(self.key, self.number)
        if template is None:
            template = self.key.of(self.number)
        values = {name: translated(value, language) for name, value in self.values.items()}
        return Message(self.key, self.number, self.values, template.format(**values))


class _Shown:
    """How an object is shown: other processes can get that, and it does not change."""

    def __init__(self, value: object):
        self._text, self._code = str(value), repr(value)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return self._code

    def __format__(self, how: str) -> str:
        try:
            return format(self._text, how)
        except ValueError:  # how numbers are shown, which an array of one number is not
            return self._text


def say(template: str, /, **values: object) -> Message:
    """A message.

    Args:
        template: in English, a literal, which catalogues have as it stands; ``{name}`` is filled in
            with the value of that name, by the rules of :meth:`str.format`.
        values: texts and numbers as they are shown.

    >>> say("{name}: expected a number, got {value!r}", name="rate", value="x")
    "rate: expected a number, got 'x'"
    """
    return Message(Key(template), 1, values)


def say_as(context: str, template: str, /, **values: object) -> Message:
    """A message whose words another message has in another sense; ``context`` tells them apart.

    >>> say_as("button", "Step")
    'Step'
    """
    return Message(Key(template, context=context), 1, values)


def counted(number: int, singular: str, plural: str, /, **values: object) -> Message:
    """A message about a number of things.

    Args:
        number: of the things, which picks the form; ``{count}`` is filled in with it.
        singular: the template for one.
        plural: the template for any other number.
        values: as for :func:`say`; ``count`` may be the number as it is shown.

    >>> counted(1, "{count} run", "{count} runs"), counted(0, "{count} run", "{count} runs")
    ('1 run', '0 runs')
    """
    return Message(Key(singular, plural), number, {"count": number, **values})


def translated(value: Any, language: str) -> Any:
    """A message in a language; anything else as it is, and tuples and lists member by member.

    NamedTuples too: what a panel shows, arrays and all, is said in a language in one call.

    >>> translated(("Play", 3), "en")
    ('Play', 3)
    """
    if isinstance(value, Message):
        return value.into(language)
    if isinstance(value, tuple | list):
        members = [translated(member, language) for member in value]
        return type(value)(*members) if hasattr(value, "_fields") else type(value)(members)
    return value


def reason(error: BaseException) -> str:
    """What an exception says: its message where it has one, else its text as it stands.

    >>> reason(KeyError(say("no such key"))), reason(KeyError("x"))
    ('no such key', "'x'")
    """
    return next((part for part in error.args if isinstance(part, Message)), str(error))


def line_of(error: BaseException) -> str:
    r"""What an exception says, in one line: its message, or the first line of its text.

    >>> line_of(TypeError(" no array\n  of floats"))
    'no array'
    """
    said = reason(error)
    return said if isinstance(said, Message) else said.strip().partition("\n")[0]


def told(error: BaseException, language: str) -> str:
    """What an exception says, in a language; the text of others' exceptions stands as it is.

    Raises:
        ValueError: a language that nobody registered.

    >>> told(ValueError(say("rate: expected a number, got {got!r}", got="x")), "en")
    "rate: expected a number, got 'x'"
    """
    return translated(reason(error), language)


def _kept(value: object) -> object:
    """What a message keeps of a value."""
    if value is None or isinstance(value, str | numbers.Number | _Shown):
        return value
    if isinstance(value, BaseException):
        return reason(value)
    return _Shown(value)
