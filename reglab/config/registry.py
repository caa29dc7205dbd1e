"""Families that members join by name, those of other packages too."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from reglab.words import say

T = TypeVar("T")
_NAME = re.compile(r"[A-Za-z0-9_-]+")


class Registry(Mapping[str, T]):
    """The members of a family by name, in the order in which they joined.

    It is read as a mapping, and written by ``register`` alone.

    Args:
        what: a member is called in messages.
        check: called with a name and a member; raises ``ValueError`` where the member is none of
            this family. A registry that a lower layer made gets its check from the layer that fills
            it.

    >>> colours: Registry[str] = Registry("colour")
    >>> colours.register("sky", "blue")
    >>> dict(colours)
    {'sky': 'blue'}
    """

    def __init__(self, what: str, check: Callable[[str, T], None] | None = None):
        self.check = check
        self._what, self._members = what, dict[str, T]()

    def __getitem__(self, name: str) -> T:
        return self._members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._members))  # another thread may register meanwhile

    def __len__(self) -> int:
        return len(self._members)

    def __repr__(self) -> str:
        return f"Registry of {self._what}: {', '.join(self) or 'empty'}"

    def register(self, name: str, member: T) -> None:
        """Lets a member join, after all that are there.

        Args:
            name: letters, digits, ``_`` and ``-``, as it stands in files and commands.
            member: of the kind that the family asks for.

        Raises:
            ValueError: one line, for a name that is taken or none, or a member that is no such.
        """
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ValueError(
                say(
                    "{name}: expected a name of letters, digits, _ and -, got {got!r}",
                    name=self._what,
                    got=name,
                )
            )
        if name in self._members:
            raise ValueError(
                say("{name}: expected a name that is free, got {got!r}", name=self._what, got=name)
            )
        if self.check is not None:
            self.check(name, member)
        self._members[name] = member

    def unregister(self, name: str) -> None:
        """Takes a member out again; experiments that name it can no longer be made.

        Raises:
            ValueError: there is none of that name.
        """
        if name not in self._members:
            raise ValueError(
                say(
                    "{name}: expected one of {allowed}, got {got!r}",
                    name=self._what,
                    allowed=", ".join(self),
                    got=name,
                )
            )
        del self._members[name]
