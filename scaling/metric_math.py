"""The arithmetic of CloudWatch metric math that the presets use: numbers, ids and + - * /.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import ast
import operator
from collections.abc import Callable, Mapping
from functools import cache

OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def calculate(expression: str, values: Mapping[str, float | None]) -> float | None:
    """Return the expression's value; None when a metric in it is missing or it divides by zero.

    Raises ValueError for an expression with anything but numbers, known ids and + - * /.
    """
    tree, names = _parsed(expression)
    unknown = names - set(values)
    if unknown:
        raise ValueError(f"metric math '{expression}' names no metric {sorted(unknown)}")
    known = {name: value for name in names if (value := values[name]) is not None}
    if len(known) < len(names):
        return None
    try:
        return _value(tree, known)
    except ZeroDivisionError:
        return None


@cache
def _parsed(expression: str) -> tuple[ast.expr, frozenset[str]]:
    """Return the expression's tree and the ids in it."""
    tree = ast.parse(expression, mode="eval").body
    return tree, frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def _value(node: ast.expr, values: Mapping[str, float]) -> float:
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        apply = OPERATORS[type(node.op)]
        return apply(_value(node.left, values), _value(node.right, values))
    raise ValueError(f"metric math: '{ast.unparse(node)}' is not understood here")
