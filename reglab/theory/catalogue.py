"""The catalogue of claims as a page: what each says, predicts, rests on, and where it ends."""

from collections.abc import Iterable

from reglab.theory.base import Claim, Reference

HEAD = """\
# The claims

What textbooks and papers say about overfitting and its remedies, as statements that can be checked.
`reglab claims` checks them all, `reglab claims G3 --seed 7` one of them with other random numbers,
and `reglab.theory.check("G3", seed=7)` does so from Python. Each prediction is a formula, and each
measurement has an interval; rows of the kind *limit* measure where the usual statement ends.

- An *identity* is algebra: it holds up to round-off.
- An *expectation* is the mean of many replicates, and lies within 4 standard errors of a formula.
- A *bound* is not crossed.
- A *tendency* is what trained networks mostly do: there is no formula for it.

`reglab claims --markdown` writes this page.

"""


def page(claims: Iterable[Claim]) -> str:
    """The catalogue in Markdown."""
    claims = list(claims)
    lines = ["| claim | kind | in one sentence |", "| --- | --- | --- |"]
    for claim in claims:
        cell = claim.statement.replace("|", r"\|")
        lines.append(f"| [{claim.id}](#{claim.id.lower()}) | {claim.kind} | {cell} |")
    return HEAD + "\n".join(lines) + "\n\n" + "\n".join(map(_section, claims))


def _section(claim: Claim) -> str:
    parts = [f"## {claim.id}", claim.statement]
    if claim.formula:
        parts.append(f"$$\n{claim.formula}\n$$")
    parts.append(
        f"- Kind: {claim.kind}.\n- Precision: {_sentence(claim.tolerance)}\n"
        f"- It fails when {_sentence(claim.fails_when)}\n- {_sources(claim.source)}"
    )
    return "\n\n".join(parts) + "\n"


def _sources(source: tuple[Reference, ...]) -> str:
    return "\n- ".join(
        f"Reference: {_sentence(reference.text)}{_read(reference)}" for reference in source
    )


def _read(source: Reference) -> str:
    if source.read:
        return f" Read: {_sentence(source.read)}"
    return "" if "derived here" in source.text else " Not looked up."


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
