"""The OpenAPI document as the page /help/api shows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]
_REF = "#/components/schemas/"


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of a body or an answer; `type` is in words."""

    name: str
    type: str
    required: bool
    description: str


@dataclass(frozen=True)
class Operation:
    """What can be asked for. `scope` is empty where any token will do."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    public: bool
    scope: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    status: str
    answer: str


@dataclass(frozen=True)
class Group:
    """Operations about one thing."""

    name: str
    description: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class Model:
    """What an answer consists of: `fields`, or one of `values`."""

    name: str
    description: str
    fields: tuple[Field, ...]
    values: tuple[str, ...]


def groups(document: Document) -> tuple[Group, ...]:
    """Return the operations of a document by their groups."""
    found = list(_operations(document))
    return tuple(
        Group(
            name=tag["name"],
            description=tag.get("description", ""),
            operations=tuple(each for name, each in found if name == tag["name"]),
        )
        for tag in document.get("tags", [])
        if any(name == tag["name"] for name, _ in found)
    )


def models(document: Document) -> tuple[Model, ...]:
    """Return the models that answers consist of, by name. Operations show bodies themselves."""
    schemas = document["components"]["schemas"]
    return tuple(
        Model(name, schema.get("description", ""), _fields_of(schema), (*schema.get("enum", ()),))
        for name, schema in sorted(schemas.items())
        if "enum" in schema
        or ("properties" in schema and schema.get("additionalProperties") is not False)
    )


def _operations(document: Document) -> Iterator[tuple[str, Operation]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield operation["tags"][0], _operation(document, path, method, operation)


def _operation(document: Document, path: str, method: str, operation: Document) -> Operation:
    security = operation.get("security", [])
    scopes = [scope for each in security for names in each.values() for scope in names]
    status = next(code for code in sorted(operation["responses"]) if code.startswith("2"))
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        public=not security,
        scope=", ".join(scopes),
        parameters=tuple(_parameter(each) for each in operation.get("parameters", [])),
        body=_body(document, operation),
        status=status,
        answer=_type(_schema(operation["responses"][status])),
    )


def _body(document: Document, operation: Document) -> tuple[Field, ...]:
    schema = _schema(operation.get("requestBody", {}))
    name = schema.get("$ref", "").removeprefix(_REF)
    return _fields_of(document["components"]["schemas"][name]) if name else ()


def _schema(holder: Document) -> Document:
    found: Document = holder.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _fields_of(schema: Document) -> tuple[Field, ...]:
    required = schema.get("required", [])
    return tuple(
        Field(name, _type(each), name in required, each.get("description", ""))
        for name, each in schema.get("properties", {}).items()
    )


def _parameter(parameter: Document) -> Field:
    return Field(
        name=parameter["name"],
        # A parameter that is left out is null here; nobody can send null.
        type=f"{parameter['in']}, {_type(parameter['schema']).removesuffix(' or null')}",
        required=parameter.get("required", False),
        description=parameter.get("description", ""),
    )


def _type(schema: Document) -> str:
    """The type in words: a model by its name, and alternatives with "or" between them."""
    if not schema:
        return ""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_REF)
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "any"))
