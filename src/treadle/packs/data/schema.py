"""What is wrong with a value, or with the JSON Schema that it should fit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from treadle.errors import NodeError
from treadle.node.json_schema import make_validator
from treadle.packs.data.formats import json
from treadle.packs.data.path import write_path
from treadle.packs.data.row import shown

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

Schema = Mapping[str, Any] | bool


def schema_problem(schema: Schema) -> str | None:
    """What is wrong with the schema itself, or None."""
    from jsonschema.exceptions import SchemaError

    try:
        _validator(json.dump(schema))
    except SchemaError as error:
        where = write_path(tuple(error.absolute_path))
        return f"{f'`{where}`: ' if where else ''}{error.message[:300]}"
    except (ValueError, RecursionError) as error:
        return str(error)
    return None


def find_problems(value: Any, schema: Schema, *, limit: int) -> list[dict[str, str]]:
    """Up to `limit` problems by path, `{path, message, rule}`. Raises `NodeError` for a wrong schema."""
    from referencing.exceptions import Unresolvable

    problem = schema_problem(schema)
    if problem:
        raise _wrong(problem)
    validator = _validator(json.dump(schema))
    try:
        errors = list(islice(validator.iter_errors(json.plain(value)), limit))
    except Unresolvable as error:
        raise _wrong(f"`$ref` to {error.ref!r} cannot be followed; references stay inside the schema") from error
    except RecursionError as error:
        raise _wrong("it refers to itself without end") from error
    except ValueError as error:
        raise _wrong(str(error)) from error
    found = [
        {
            "path": write_path(tuple(error.absolute_path)),
            "message": error.message
            if len(error.message) <= 300
            else f"{error.message[:200]}… ({shown(error.instance)})",
            "rule": str(error.validator),
        }
        for error in errors
    ]
    return sorted(found, key=lambda item: item["path"])


@lru_cache(maxsize=64)
def _validator(text: str) -> Validator:
    """The compiled schema. Raises `SchemaError` or `ValueError` when it is wrong."""
    return make_validator(json.load(text))


def _wrong(problem: str) -> NodeError:
    return NodeError(
        f"`schema` cannot be used: {problem}.",
        code="invalid_schema",
        remedy="Correct the schema.",
        retryable=False,
    )
