"""Wrong formulas made out of right ones: a sign, a factor or an exponent flipped at a time."""

import ast
import copy
import inspect
import types

SWAPS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


def mutants(predict):
    """Yields ``(what, function)``: ``predict`` with one place of its formulas flipped.

    The functions of the same module that ``predict`` calls are part of it.
    """
    module = inspect.getmodule(predict)
    tree = ast.parse(inspect.getsource(module))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    own = [functions[name] for name in sorted(_reached(predict.__name__, functions))]
    for function in own:
        for index, _ in enumerate(_places(function)):
            flipped = copy.deepcopy(function)
            what = _flip(list(_places(flipped))[index])
            names = dict(vars(module))
            body = [flipped if node is function else node for node in own]
            program = ast.fix_missing_locations(ast.Module(body, type_ignores=[]))
            exec(compile(program, f"<mutant of {module.__name__}>", "exec"), names)
            mutant: types.FunctionType = names[predict.__name__]
            yield f"{function.name}: {what}", mutant


def _reached(name, functions):
    """Names of the functions of the module that a function comes to, itself included."""
    reached, waiting = set(), [name]
    while waiting:
        one = waiting.pop()
        if one not in reached and one in functions:
            reached.add(one)
            waiting += [n.id for n in ast.walk(functions[one]) if isinstance(n, ast.Name)]
    return reached


def _places(function):
    """Nodes of arithmetic, in a fixed order; not those of indices, sizes and keywords' numbers."""
    for statement in function.body:
        yield from _arithmetic(statement, is_free=False)


def _arithmetic(node, *, is_free):
    """Nodes below one; a bare number counts only inside of an operation."""
    if isinstance(node, ast.BinOp) and type(node.op) in (*SWAPS, ast.Pow):
        yield node
        is_free = True
    is_minus = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    is_number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
    if is_minus or (is_number and is_free):
        yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.Subscript) and child is node.slice):
            yield from _arithmetic(child, is_free=is_free and not isinstance(child, ast.keyword))


def _flip(node):
    """Changes a node in place; says how."""
    before = ast.unparse(node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        node.right = ast.BinOp(node.right, ast.Add(), ast.Constant(1))
    elif isinstance(node, ast.BinOp):
        node.op = SWAPS[type(node.op)]()
    elif isinstance(node, ast.UnaryOp):
        node.op = ast.UAdd()
    else:
        node.value = 2 * node.value if node.value else 1
    return f"{before} -> {ast.unparse(node)}"
