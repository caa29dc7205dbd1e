"""The catalogue of claims as a page: what each says, predicts, rests on, and where it ends."""

from collections.abc import Iterable

from reglab.theory.base import Claim, Reference
from reglab.theory.words import KIND_WORDS
from reglab.words import Message, say, translated

HEAD = (
    say(
        """\
# The claims

What textbooks and papers say about overfitting and its remedies, as statements that can be checked.
`reglab claims` checks them all, `reglab claims G3 --seed 7` one of them with other random numbers,
and `reglab.theory.check("G3", seed=7)` does so from Python. Each prediction is a formula, and each
measurement has an interval; rows of the kind *limit* measure where the usual statement ends."""
    ),
    say(
        """\
- An *identity* is algebra: it holds up to round-off.
- An *expectation* is the mean of many replicates, and lies within 4 standard errors of a formula.
- A *bound* is not crossed.
- A *tendency* is what trained networks mostly do: there is no formula for it."""
    ),
    say("`reglab claims --markdown` writes this page."),
)


def page(claims: Iterable[Claim], *, language: str = "en") -> str:
    """The catalogue in Markdown.

    Args:
        claims: in the order of the page.
        language: one of :func:`reglab.words.languages`.

    Raises:
        ValueError: a language that nobody registered.
    """
    claims = list(claims)
    lines = [say("| claim | kind | in one sentence |"), "| --- | --- | --- |"]
    for claim in claims:
        cell = translated(claim.statement, language).replace("|", r"\|")
        kind = KIND_WORDS[claim.kind].into(language)
        lines.append(f"| [{claim.id}](#{claim.id.lower()}) | {kind} | {cell} |")
    table = "\n".join(translated(lines, language))
    sections = (_section(claim, language) for claim in claims)
    return "\n\n".join([*translated(HEAD, language), table, "\n".join(sections)])


def _section(claim: Claim, language: str) -> str:
    parts = [f"## {claim.id}", claim.statement]
    if claim.formula:
        parts.append(f"$$\n{claim.formula}\n$$")
    points = [
        say("Kind: {kind}.", kind=KIND_WORDS[claim.kind]),
        say("Precision: {text}", text=_sentence(claim.tolerance)),
        say("It fails when {condition}", condition=_sentence(claim.fails_when)),
        *map(_source, claim.source),
    ]
    parts.append("\n".join(f"- {point}" for point in translated(points, language)))
    return "\n\n".join(translated(parts, language)) + "\n"


def _source(source: Reference) -> Message:
    text = _sentence(source.text)
    if source.read:
        return say("Reference: {text} Read: {read}", text=text, read=_sentence(source.read))
    if "derived here" in source.text:
        return say("Reference: {text}", text=text)
    return say("Reference: {text} Not looked up.", text=text)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "。")) else say("{text}.", text=text)
