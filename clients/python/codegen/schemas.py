"""Schemas of the document as Python: annotations, and a Pydantic model for each that has properties."""

from __future__ import annotations

import keyword
import re
from typing import Any

Schema = dict[str, Any]

_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_FORMATS = {"date-time": "datetime", "date": "date"}
_TAKEN = frozenset({"self", "schema", "copy", "json", "dict", "construct", "validate", "etag"})
"""Names that a model's base has already."""


class UnknownSchema(Exception):
    """A schema that this generator does not know how to write: the build fails rather than guess."""


class Annotations:
    """What a schema is as an annotation. `models` is put before the names of models, `builtins` before `list`, which a
    class with a method `list` would shadow."""

    def __init__(self, *, models: str = "", builtins: str = "") -> None:
        self._models = models
        self._builtins = builtins

    def of(self, schema: Schema) -> str:
        if reference := schema.get("$ref"):
            return self._models + model_name(reference.rpartition("/")[2])
        if "const" in schema:
            return f"Literal[{schema['const']!r}]"
        if "enum" in schema:
            return f"Literal[{', '.join(repr(value) for value in schema['enum'])}]"
        if several := schema.get("anyOf") or schema.get("oneOf"):
            return self._union(several)
        if "allOf" in schema:
            if len(schema["allOf"]) != 1:
                raise UnknownSchema(f"`allOf` of several: {schema}")
            return self.of(schema["allOf"][0])
        kind = schema.get("type")
        if isinstance(kind, list):
            return self._union([{**schema, "type": one} for one in kind])
        if kind == "array":
            return self._array(schema)
        if kind == "object":
            return self._object(schema)
        if kind is None:
            return "Any"
        if kind == "string":
            return _FORMATS.get(schema.get("format", ""), "str")
        return _SCALARS[kind]

    def _union(self, schemas: list[Schema]) -> str:
        found = list(dict.fromkeys(self.of(one) for one in schemas))
        if "Any" in found:
            return "Any"
        # `None` reads best as the last.
        return " | ".join(sorted(found, key=lambda one: one == "None"))

    def _array(self, schema: Schema) -> str:
        if prefix := schema.get("prefixItems"):
            return f"{self._builtins}tuple[{', '.join(self.of(one) for one in prefix)}]"
        return f"{self._builtins}list[{self.of(schema.get('items', {}))}]"

    def _object(self, schema: Schema) -> str:
        if "properties" in schema:
            raise UnknownSchema(f"an object without a name: {sorted(schema['properties'])}. Make it a model.")
        values = schema.get("additionalProperties", True)
        return f"{self._builtins}dict[str, {self.of(values) if isinstance(values, dict) else 'Any'}]"


def model_name(name: str) -> str:
    """A name of the document as a class: `Page_RunSummary_` is `PageRunSummary`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"\W|_", name))


def field_name(name: str) -> str:
    """A name of the document as an identifier: `If-Match` is `if_match`, `from` is `from_`."""
    found = re.sub(r"\W", "_", name)
    found = found.lower() if "-" in name else found.lstrip("_")
    return f"{found}_" if keyword.iskeyword(found) or found in _TAKEN else found


def prose(text: str | None, indent: str) -> list[str]:
    """A docstring's lines, without its quotes."""
    lines = (text or "").replace("\\", "\\\\").replace('"""', "'''").strip().splitlines()
    return [f"{indent}{line.strip()}".rstrip() for line in lines]


def docstring(text: str | None, indent: str) -> list[str]:
    lines = prose(text, indent)
    if not lines:
        return []
    if len(lines) == 1 and not lines[0].endswith('"'):
        return [f'{indent}"""{lines[0].strip()}"""']
    return [f'{indent}"""{lines[0].strip()}', *lines[1:], f'{indent}"""']


def write_models(schemas: dict[str, Schema]) -> str:
    """The module of every schema: models, and names for those that are none."""
    annotations = Annotations()
    models: list[str] = []
    names_before: list[str] = []
    names_after: list[str] = []
    for name, schema in schemas.items():
        if "properties" in schema or _is_empty_model(schema):
            models += ["", "", *_write_model(model_name(name), schema, annotations)]
        else:
            told = names_after if "$ref" in str(schema) else names_before
            told += ["", f"{model_name(name)}: TypeAlias = {annotations.of(schema)}"]
    head = [
        '"""What the API takes and gives. Generated from its document: change that."""',
        "",
        "from __future__ import annotations",
        "",
        *used_imports("\n".join([*names_before, *models, *names_after])),
        "",
        "from pydantic import Field",
        "",
        "from treadle_client.model import Model",
    ]
    names = sorted(model_name(name) for name in schemas)
    tail = ["", "", f"__all__ = {names!r}", "", *_rebuilds(schemas)]
    return "\n".join([*head, *names_before, *models, *names_after, *tail]) + "\n"


def used_imports(text: str) -> list[str]:
    """What annotations in `text` need of the standard library."""
    found: list[str] = []
    for module, names in (("datetime", ("date", "datetime")), ("typing", ("Any", "Literal", "TypeAlias"))):
        used = [name for name in names if re.search(rf"\b{name}\b", text)]
        found += [f"from {module} import {', '.join(used)}"] if used else []
    return found


def _is_empty_model(schema: Schema) -> bool:
    return schema.get("type") == "object" and schema.get("additionalProperties") is False


def _rebuilds(schemas: dict[str, Schema]) -> list[str]:
    return [f"{model_name(name)}.model_rebuild()" for name, one in schemas.items() if "properties" in one]


def _write_model(name: str, schema: Schema, annotations: Annotations) -> list[str]:
    lines = [f"class {name}(Model):"]
    lines += docstring(schema.get("description"), "    ")
    required = set(schema.get("required", ()))
    fields: list[str] = []
    for key, said in schema.get("properties", {}).items():
        fields += _write_field(key, said, annotations, required=key in required)
    if fields:
        lines += ["", *fields] if len(lines) > 1 else fields
    elif len(lines) == 1:
        lines.append("    pass")
    return lines


def _write_field(key: str, schema: Schema, annotations: Annotations, *, required: bool) -> list[str]:
    name, annotation = field_name(key), annotations.of(schema)
    default = None if required else repr(schema.get("default"))
    if default == "None" and "None" not in annotation and annotation != "Any":
        annotation += " | None"
    parts = [] if default is None else [f"default={default}"]
    if isinstance(schema.get("default"), dict | list):
        parts = [f"default_factory=lambda: {default}"]
    if name != key:
        parts.append(f"alias={key!r}")
    written = f"    {name}: {annotation}"
    if parts == [f"default={default}"]:
        written += f" = {default}"
    elif parts:
        written += f" = Field({', '.join(parts)})"
    return [written, *docstring(schema.get("description"), "    ")]
