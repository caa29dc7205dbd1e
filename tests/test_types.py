"""How much of the package's parameters a type checker cannot check."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "reglab"
MOST_ANY = 0.04  # of the annotated parameters


def parameters(tree):
    """Every annotated parameter of every function, with the line of the function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own = node.args
            every = [*own.posonlyargs, *own.args, *own.kwonlyargs, own.vararg, own.kwarg]
            yield from ((node.lineno, p) for p in every if p is not None and p.annotation)


def is_any(parameter):
    return ast.unparse(parameter.annotation) == "Any"


def test_few_parameters_are_any():
    found = [
        (path.relative_to(PACKAGE).as_posix(), line, parameter)
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, parameter in parameters(ast.parse(path.read_text("utf-8")))
    ]
    vague = [f"{path}:{line}: {p.arg}" for path, line, p in found if is_any(p)]
    assert len(vague) <= MOST_ANY * len(found), f"{len(vague)} of {len(found)}: {vague}"


def test_what_is_any_is_counted():
    code = "def f(a, b: Any, *c: Any, d: int, e: list[Any], **g: Any): ...\nlambda x: x\n"
    counted = [(parameter.arg, is_any(parameter)) for _, parameter in parameters(ast.parse(code))]
    assert counted == [("b", True), ("d", False), ("e", False), ("c", True), ("g", True)]
