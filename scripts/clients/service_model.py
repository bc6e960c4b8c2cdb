"""Compares an answer, as it came over the network, with the output shape of AWS's service model."""

import re
import xml.etree.ElementTree as ElementTree
from typing import Any

JSON_TYPES = {
    "structure": dict,
    "list": list,
    "map": dict,
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    # AWS JSON 1.1 has seconds since 1970.
    "timestamp": (int, float),
}


def problems_in_json(value: Any, shape: Any, path: str = "") -> list[str]:
    """What the model does not allow: members it does not have, null, other types, values outside of a constraint."""
    if value is None:
        return [f"{path} is null"]
    expected = JSON_TYPES[shape.type_name]
    if not isinstance(value, expected) or (isinstance(value, bool) and shape.type_name != "boolean"):
        return [f"{path} is {type(value).__name__} and should be {shape.type_name}"]
    if shape.type_name == "structure":
        unknown = [f"{path}.{name} is not in the model" for name in value if name not in shape.members]
        known = [name for name in value if name in shape.members]
        return unknown + [
            problem for name in known for problem in problems_in_json(value[name], shape.members[name], f"{path}.{name}")
        ]
    if shape.type_name == "list":
        return [problem for item in value for problem in problems_in_json(item, shape.member, f"{path}[]")]
    return constraint_problems(value, shape, path)


def constraint_problems(value: Any, shape: Any, path: str) -> list[str]:
    if not isinstance(value, str):
        return []
    constraints = shape.metadata
    allowed = constraints.get("enum")
    if allowed and value not in allowed:
        return [f"{path} is {value!r} and should be one of {', '.join(allowed)}"]
    if not constraints.get("min", 0) <= len(value) <= constraints.get("max", len(value)):
        return [f"{path} has {len(value)} characters"]
    pattern = constraints.get("pattern", "")
    # Python has no classes of Unicode properties.
    if pattern and "\\p{" not in pattern and not re.fullmatch(pattern, value):
        return [f"{path} is {value!r}, which its pattern does not allow"]
    return []


def problems_in_xml(text: str, shape: Any, operation: str) -> list[str]:
    """The same for the query protocol, where every value is text."""
    result = without_namespaces(ElementTree.fromstring(text)).get(f"{operation}Result")
    if result is None:
        return [f"there is no {operation}Result"]
    return [problem for problem in unknown_elements(result, shape)]


def unknown_elements(tree: dict[str, Any], shape: Any, path: str = "") -> list[str]:
    problems = []
    for name, child in tree.items():
        if name not in shape.members:
            problems.append(f"{path}.{name} is not in the model")
        elif isinstance(child, dict) and shape.members[name].type_name == "structure":
            problems += unknown_elements(child, shape.members[name], f"{path}.{name}")
        else:
            problems += constraint_problems(child, shape.members[name], f"{path}.{name}")
    return problems


def without_namespaces(element: ElementTree.Element) -> Any:
    if len(element) == 0:
        return element.text or ""
    return {child.tag.split("}")[-1]: without_namespaces(child) for child in element}


def members_in(value: Any, path: str = "") -> set[str]:
    """
    The paths of all members of an answer. Those that are null count, because AWS would leave them out. The token of the next page does
    not count: whether there is one depends on the page and on the client.
    """
    if isinstance(value, dict):
        inner = [members_in(child, f"{path}.{name}") for name, child in value.items()]
        return {f"{path}.{name}" for name in value if name != "NextToken"}.union(*inner)
    if isinstance(value, list):
        return set().union(*[members_in(item, f"{path}[]") for item in value])
    return set()
