"""What programs say of their products and convolutions: lowered, as XLA gets them, and traced."""

import collections
import contextlib
import re

import jax
import pytest

FULL = (jax.lax.Precision.HIGHEST,) * 2
PLATFORMS = ("cpu", "cuda", "tpu")
PRODUCT = re.compile(r"\bstablehlo\.(dot|dot_general|convolution)\b")
PRECISION = re.compile(r"precision(?: = \[(\w+), (\w+)\]|_config = \[#\S+ (\w+)>, #\S+ (\w+)>\])")
CALL = re.compile(r"stablehlo\.custom_call @([\w.$]+)")


def precisions(text):
    """How often each pair of precisions stands at a product or convolution of a program.

    Args:
        text: StableHLO. A product that says nothing has ``("DEFAULT", "DEFAULT")``.
    """
    found = collections.Counter()
    for line in text.splitlines():
        if PRODUCT.search(line):
            said = PRECISION.search(line)
            pair = [word for word in said.groups() if word] if said else ["DEFAULT"] * 2
            found[tuple(pair)] += 1
    return found


def calls(text):
    """The libraries' routines that a program calls, which say nothing of their precision."""
    return set(CALL.findall(text))


def on(platforms, traced):
    """The text of a traced program, ``jax.stages.Traced``, for platforms that need not be here.

    What differs between them stands in it once for each.
    """
    return traced.lower(lowering_platforms=tuple(platforms)).as_text()


@contextlib.contextmanager
def products():
    """Yields a list that gets the precision of each product that is traced or computed meanwhile.

    A compiled program is traced once a process: what was traced before is not seen.
    """
    found = []

    def noted(bind):
        def noting(*args, **params):
            found.append(params["precision"])
            return bind(*args, **params)

        return noting

    primitives = jax.lax.dot_general_p, jax.lax.conv_general_dilated_p
    with pytest.MonkeyPatch.context() as patch:
        for primitive in primitives:
            patch.setattr(primitive, "bind", noted(primitive.bind))
        yield found
