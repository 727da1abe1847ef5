"""Predicates made at random, their JSON and SQL forms, and the rows they keep, by three-valued logic.

A predicate is a tuple: ("and" | "or", args…), ("not", arg), or a leaf (op, column, values…), where op is one of the
names of the JSON form. `columns` maps a column's name to a Column.
"""

import dataclasses
import json
import math

from support.kinds import Kind, json_value, order_key, sql_text, sql_value

_SQL_COMPARISONS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_NODES = ("and", "or", "not")


@dataclasses.dataclass(frozen=True)
class Column:
    kind: Kind
    # Values that predicates compare with, besides those near them.
    domain: tuple


# ---- Meaning ----


def _compare(op, left, right):
    left, right = order_key(left), order_key(right)
    return {
        "eq": left == right,
        "ne": left != right,
        "lt": left < right,
        "le": left <= right,
        "gt": left > right,
        "ge": left >= right,
    }[op]


def _leaf(op, value, values):
    if op == "is_null":
        return value is None
    if op == "not_null":
        return value is not None
    if value is None:
        return None
    if op in ("is_nan", "not_nan"):
        return math.isnan(value) == (op == "is_nan")
    if op in ("in", "not_in"):
        return any(_compare("eq", value, one) for one in values) == (op == "in")
    if op in ("starts_with", "not_starts_with"):
        return value.startswith(values[0]) == (op == "starts_with")
    if op == "between":
        return _compare("ge", value, values[0]) and _compare("le", value, values[1])
    return _compare(op, value, values[0])


def evaluate(predicate, row):
    """True, False, or None for unknown. `row` maps names to plain values."""
    op, *args = predicate
    if op not in _NODES:
        return _leaf(op, row[args[0]], args[1:])
    found = [evaluate(arg, row) for arg in args]
    if op == "not":
        return None if found[0] is None else not found[0]
    dominant = op == "or"
    if dominant in found:
        return dominant
    return None if None in found else not dominant


# ---- Forms ----


def to_json(predicate, columns):
    return json.dumps(_json_node(predicate, columns))


def _json_node(predicate, columns):
    op, *args = predicate
    if op in _NODES:
        return {"op": op, "args": [_json_node(arg, columns) for arg in args]}
    name, *values = args
    values = [json_value(columns[name].kind, value) for value in values]
    node = {"op": op, "column": name}
    if op in ("in", "not_in"):
        node["values"] = values
    elif op == "between":
        node["lo"], node["hi"] = values
    elif values:
        node["value"] = values[0]
    return node


def to_sql(predicate, columns):
    op, *args = predicate
    if op == "not":
        return f"NOT ({to_sql(args[0], columns)})"
    if op in _NODES:
        return "(" + f" {op.upper()} ".join(to_sql(arg, columns) for arg in args) + ")"
    name, *values = args
    return _sql_leaf(op, name, values, columns[name].kind)


def _sql_leaf(op, name, values, kind):
    texts = [sql_value(kind, value) for value in values]
    if op in _SQL_COMPARISONS:
        return f"{name} {_SQL_COMPARISONS[op]} {texts[0]}"
    if op in ("in", "not_in"):
        return f"{name} {op.replace('_', ' ').upper()} ({', '.join(texts)})"
    if op == "between":
        return f"{name} BETWEEN {texts[0]} AND {texts[1]}"
    if op in ("is_null", "not_null"):
        return f"{name} IS {'' if op == 'is_null' else 'NOT '}NULL"
    if op in ("is_nan", "not_nan"):
        return f"{'' if op == 'is_nan' else 'NOT '}isnan({name})"
    negated = "NOT " if op.startswith("not_") else ""
    if any(special in values[0] for special in "%_\\"):
        return f"{negated}starts_with({name}, {texts[0]})"
    return f"{name} {negated}LIKE {sql_text(values[0] + '%')}"


def kinds_in(predicate, columns):
    """The names of the types that a predicate compares."""
    op, *args = predicate
    if op in _NODES:
        return set().union(*(kinds_in(arg, columns) for arg in args))
    return {columns[args[0]].kind.name}


# ---- Random ones ----


def random_predicate(rng, columns, depth=3):
    if depth == 0 or rng.random() < 0.4:
        return random_leaf(rng, rng.choice(sorted(columns)), columns)
    op = rng.choice(["and", "or", "not"])
    count = 1 if op == "not" else rng.randint(2, 3)
    return (op, *(random_predicate(rng, columns, depth - 1) for _ in range(count)))


def random_leaf(rng, name, columns):
    column = columns[name]
    kind = column.kind
    ops = ["eq", "ne", "lt", "le", "gt", "ge"] * 2 + ["in", "not_in", "between", "is_null", "not_null"]
    if kind.floating:
        ops += ["is_nan", "not_nan"]
    if kind.name == "string":
        ops += ["starts_with", "not_starts_with"] * 2
    op = rng.choice(ops)
    if op in ("is_null", "not_null", "is_nan", "not_nan"):
        return (op, name)
    if op in ("in", "not_in"):
        return (op, name, *(_random_value(rng, column) for _ in range(rng.randint(1, 5))))
    if op == "between":
        return (op, name, *(_random_value(rng, column) for _ in range(2)))
    if op.endswith("starts_with"):
        value = rng.choice(column.domain)
        return (op, name, value[: rng.randint(0, 4)])
    return (op, name, _random_value(rng, column))


def _random_value(rng, column):
    value = rng.choice(column.domain)
    return value if rng.random() < 0.6 else _near(rng, column.kind, value)


def _near(rng, kind, value):
    """A value close to one of the domain, of the kind or between two values of it."""
    if kind.name == "boolean":
        return not value
    if kind.name == "string":
        return rng.choice([value + "a", value[:-1], value + "\U0001f680"])
    if kind.name == "binary":
        return rng.choice([value + b"\x00", value[:-1], value + b"\xff"])
    if kind.bytes_like:
        return value[:-1] + bytes([value[-1] ^ 1])
    if kind.name == "double":
        return value if not math.isfinite(value) else math.nextafter(value, rng.choice([-1e308, 1e308]))
    if kind.name == "float":
        return -value
    if kind.name == "decimal":
        return value + type(value)(rng.choice(["0.01", "-0.01", "0.005", "-0.005"]))
    if kind.name in ("int", "long") and abs(value) < 2**40:
        return rng.choice([value + 1, value - 1, value + 0.5])
    if kind.name in ("int", "long", "time"):
        return value
    return value + rng.choice([-1, 1])
