"""What is wrong with one node: its type, config, settings, and inputs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from pydantic import ValidationError

from treadle.authoring.check.expression import ExpressionCheck, Place
from treadle.authoring.check.level import ROOTS, Findings, Level
from treadle.authoring.step_form import SHORT_NAMES
from treadle.authoring.tree import Path
from treadle.errors import ExpressionError, NodeError
from treadle.expressions import compile_template
from treadle.model.nearest import find_nearest, listed, suggest
from treadle.model.port import TRIGGER
from treadle.model.wanted import told_of
from treadle.model.workflow import Node
from treadle.node.definition import NodeDefinition
from treadle.node.registry import Registry
from treadle.node.watching import Neighbour, Watching

_SETTINGS = frozenset(Node.model_fields) - {"id", "type", "config"}
_WAITING: Mapping[str, str] = {
    "flow.signal": "Write `timeout` in its `config`.",
    "flow.approval": "Write `deadline` in its `config`.",
    "flow.wait": "With a condition, write `max_wait` in its `config`; otherwise remove it.",
    "flow.workflow": "Write `timeout` in the `settings` of the workflow that it starts.",
    "flow.rate_limit": "Remove it: a node waits for its turn as long as that takes.",
}
"""Types whose runs are suspended while they wait, and what ends such a wait."""


class NodeCheck:
    def __init__(self, registry: Registry, expressions: ExpressionCheck, findings: Findings) -> None:
        self.registry = registry
        self.expressions = expressions
        self.findings = findings
        self.nearest: dict[str, str | None] = {}
        self.refused: set[str] = set()

    def check(self, node: Node, level: Level, path: Path) -> NodeDefinition | None:
        """Find what is wrong with `node`, bodies and connections aside; its definition if there is one."""
        definition = self.registry.find(node.type) if node.type else None
        if definition is None:
            if node.type:
                self._unknown_type(node, path)
            self._templates_only(node, level, path)
        else:
            self._capability(node, definition, path)
            self._config(node, definition, level, path)
            if definition.watching is not None:
                self._watching(node, definition.watching, level, path)
            self._inputs(node, level, path)
            if definition.type.kind == "container":
                self._unsupported(node, path)
            self._waiting(node, path)
        self._settings(node, level, path, known=definition is not None)
        return definition

    def _unsupported(self, node: Node, path: Path) -> None:
        """A container is replayed, not attempted: what is about attempts says nothing of it."""
        for name in ("retry", "timeout", "cache"):
            if name in node.model_fields_set and getattr(node, name) is not None:
                self.findings.error(
                    "unsupported_setting",
                    f"`{name}` on the container `{node.id}` does nothing.",
                    (*path, name),
                    f"Set `{name}` on the nodes inside.",
                    node.id,
                )

    def _waiting(self, node: Node, path: Path) -> None:
        """A wait is no attempt: a limit on those never ends it."""
        remedy = _WAITING.get(node.type)
        if remedy is not None and node.timeout is not None:
            self.findings.warn(
                "timeout_ends_no_wait",
                f"`timeout` beside the `config` of `{node.id}` limits an attempt, and never ends its wait.",
                (*path, "timeout"),
                remedy,
                node.id,
            )

    def _unknown_type(self, node: Node, path: Path) -> None:
        if node.type in SHORT_NAMES:
            remedy = f"`{node.type}` is a short name of the steps form; write `{SHORT_NAMES[node.type]}`."
        else:
            if node.type not in self.nearest:
                near = self.registry.nearest(node.type)
                self.nearest[node.type] = near[0] if near else find_nearest(node.type, self.registry.names())
            near_ = self.nearest[node.type]
            remedy = f"Did you mean `{near_}`?" if near_ else "`treadle nodes` lists the node types."
        message = f"There is no node type `{node.type}`."
        self.findings.error("unknown_node_type", message, (*path, "type"), remedy, node.id)

    def _templates_only(self, node: Node, level: Level, path: Path) -> None:
        for name, value in node.config.items():
            self.expressions.templates(value, Place(level, (*path, "config", name), node.id, secret=True))

    def _capability(self, node: Node, definition: NodeDefinition, path: Path) -> None:
        if not definition.missing:
            return
        extra = definition.type.extra
        install = f"treadle[{extra}]" if extra else " ".join(definition.missing)
        self.findings.error(
            "missing_capability",
            f"`{node.type}` needs {listed(definition.missing)}, which is not installed.",
            (*path, "type"),
            f"pip install '{install}'",
            node.id,
        )

    def _config(self, node: Node, definition: NodeDefinition, level: Level, path: Path) -> None:
        type_ = definition.type
        ports = level.ports(node.id).inputs
        dynamic: set[str] = set()
        secrets = tuple(item.name for item in type_.config if item.kind == "secret")
        for name, value in node.config.items():
            place: Path = (*path, "config", name)
            field = type_.field_named(name)
            if field is None:
                if name not in ports or name == TRIGGER.name:
                    known = [item.name for item in type_.config] + [port for port in ports if port != TRIGGER.name]
                    self._unknown_config(node, name, known, place)
                elif not self.expressions.templates(value, Place(level, place, node.id, secret_fields=secrets)):
                    self._constant_input(node, definition, name, value, place)
            elif field.kind == "expression":
                self.expressions.expressions(
                    value, Place(level, place, node.id, field.extra_roots, secret_fields=secrets)
                )
            elif field.kind != "literal":
                here = Place(level, place, node.id, field.extra_roots, field.kind == "secret", secrets)
                if self.expressions.templates(value, here):
                    dynamic.add(name)
                elif field.kind == "secret" and isinstance(value, str) and value:
                    self._plain_secret(node, name, place)
        told: set[Path] = set()
        for where, message in definition.config_problems(node.config, frozenset(dynamic)):
            head: Path = where[:1]
            if head and head in told:
                continue
            told.add(head)
            self._wrong_config(node, definition, where, message, path)

    def _watching(self, node: Node, watching: Watching, level: Level, path: Path) -> None:
        """It listens before there is a run: what it says has to be known then."""
        for name, value in node.config.items():
            foreign = sorted(_roots_of(value) - {"params"})
            if foreign:
                self.findings.error(
                    "unknown_before_run",
                    f"`{name}` of `{node.id}` reads {listed(foreign)} before there is a run.",
                    (*path, "config", name),
                    "Write a value, or read `params` of the deployment.",
                    node.id,
                )
        beside = {name: Neighbour(one.type, one.config) for name, one in level.nodes.items() if name != node.id}
        try:
            watching.resolved(node.config, beside)
        except ValueError as error:
            self._wrong_config(node, self.registry.get(node.type), (), str(error), path)

    def _plain_secret(self, node: Node, name: str, place: Path) -> None:
        self.findings.warn(
            "plain_secret",
            f"The secret `{name}` of `{node.id}` stands in the file in plain text.",
            place,
            "Write `{{ secrets.name }}`, and give its value in the environment as TREADLE_SECRET_NAME.",
            node.id,
        )

    def _unknown_config(self, node: Node, name: str, known: list[str], place: Path) -> None:
        if name in _SETTINGS and find_nearest(name, known) is None:
            remedy = f"`{name}` is a setting of every node: write it beside `config`, not inside."
        else:
            otherwise = f"Its fields are {listed(known)}." if known else "It has no config; remove it."
            remedy = suggest(name, known, otherwise)
        self.findings.error("unknown_config", f"`{node.type}` has no field `{name}`.", place, remedy, node.id)

    def _constant_input(self, node: Node, definition: NodeDefinition, name: str, value: object, place: Path) -> None:
        adapter = definition.input_adapters.get(name)
        if adapter is None or name == definition.variadic:
            return
        try:
            adapter.adapter.validate_python(value)
        except ValidationError as error:
            self._invalid(node, name, told_of(error.errors(include_url=False)[0]), place)
        except NodeError as error:
            self._invalid(node, name, error.message.removesuffix("."), place)

    def _wrong_config(self, node: Node, definition: NodeDefinition, where: Path, message: str, path: Path) -> None:
        name = str(where[0]) if where else ""
        if name and name not in node.config:
            field = definition.type.field_named(name)
            about = f" {field.description.rstrip('.')}." if field is not None and field.description else ""
            self.findings.error(
                "missing_config",
                f"`{node.type}` needs `{name}`, which is not set on `{node.id}`.",
                path,
                f"Add `{name}:` to its config.{about}",
                node.id,
            )
        elif name:
            # The rest of the path may name arms of a union; the field itself is always there.
            self._invalid(node, name, message, (*path, "config", name))
        else:
            what, _, remedy = message.partition(". ")
            text = f"{what.rstrip('.')}."
            self.findings.error("invalid_config", text, (*path, "config"), remedy or "Change the config.", node.id)

    def _invalid(self, node: Node, name: str, message: str, place: Path) -> None:
        reason = message[:1].lower() + message[1:]
        self.findings.error(
            "invalid_config",
            f"`{name}` of `{node.id}` does not fit: {reason}.",
            place,
            _remedy(message, name),
            node.id,
        )

    def _inputs(self, node: Node, level: Level, path: Path) -> None:
        ports = level.ports(node.id)
        # A connection that has an issue of its own would have filled the input.
        missing = [port for port in ports.inputs.values() if port.required and port.name not in node.config]
        if not missing or (node.id, None) in level.filled:
            return
        first = next(iter(ports.inputs))
        for port in missing:
            if (port.name == first and node.has_input) or (node.id, port.name) in level.filled:
                continue
            self.findings.error(
                "unconnected_input",
                f"The input `{port.name}` of `{node.id}` has no connection and no value.",
                path,
                f"Connect an output to `{node.id}.{port.name}`, or write `{port.name}:` in its config.",
                node.id,
            )

    def _settings(self, node: Node, level: Level, path: Path, *, known: bool) -> None:
        at = partial(Place, level, node=node.id)
        # In the steps form `condition` may be a field of the type: of an unknown one nobody can tell.
        if isinstance(node.when, str) and known:
            self.expressions.expressions(node.when, at(path=(*path, "when")))
        if node.has_input:
            self.expressions.templates(node.input, at(path=(*path, "input")))
        for index, other in enumerate(node.after):
            place = (*path, "after", index)
            if other in level.nodes:
                level.before[node.id][other] = None
            elif other in self.findings.homes or level.find(other) is not None:
                self.findings.error(
                    "unknown_reference",
                    f"`{other}` is not in the same graph as `{node.id}`.",
                    place,
                    "`after` orders nodes of one graph; name the container instead.",
                    node.id,
                )
            else:
                remedy = suggest(other, level.nodes, "Name a node by its `id`.")
                self.findings.error("unknown_reference", f"There is no node `{other}`.", place, remedy, node.id)
        if node.publish is not None and (
            node.publish in ROOTS | {"steps", "input", "loop"} or not node.publish.isidentifier()
        ):
            self.findings.error(
                "invalid_name",
                f"The result cannot be published as `{node.publish}`.",
                (*path, "publish"),
                "Choose a name of letters, digits and `_` that means nothing else in expressions.",
                node.id,
            )
        if node.disabled and node.has_pin:
            self.findings.warn(
                "pinned_and_disabled",
                f"`{node.id}` is disabled, so its pinned output is not used.",
                (*path, "pinned"),
                "Remove `disabled` to use the pinned output, or the pinned output.",
                node.id,
            )


def _roots_of(value: object) -> frozenset[str]:
    """What the templates in a value read; one that cannot be read is told of elsewhere."""
    try:
        compiled = compile_template(value) if isinstance(value, str) else None
    except ExpressionError:
        return frozenset()
    return frozenset() if compiled is None else compiled.roots


def _remedy(message: str, name: str) -> str:
    if message.startswith("it must be "):
        return f"Write {message.removeprefix('it must be ')} for `{name}`."
    return f"Change `{name}`."
