"""What is wrong in expressions: syntax, names, references, secrets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from treadle.authoring.check.level import ROOTS, Findings, Level
from treadle.authoring.tree import Path
from treadle.errors import ExpressionError
from treadle.expressions import Expression, compile_expression, compile_template, find_problems
from treadle.model.nearest import find_nearest, listed, suggest
from treadle.model.workflow import Workflow

_KNOWN_KEYS = {
    "workflow": ("input", "name", "version", "mode"),
    "run": ("id", "started_at", "attempt"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands. `node` is None for a graph's outputs; `extra` are names only known here,
    `secret_fields` the fields of the node's config in which a secret may be read."""

    level: Level
    path: Path
    node: str | None = None
    extra: frozenset[str] = frozenset()
    secret: bool = False
    secret_fields: tuple[str, ...] = ()


def texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Every text inside a config value, with the path to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in cast("dict[str, object]", value).items():
            yield from texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[object]", value)):
            yield from texts(item, (*path, index))


class ExpressionCheck:
    """Checks the expressions of one workflow, and notes on the levels what waits for what."""

    def __init__(self, workflow: Workflow, findings: Findings) -> None:
        self.inputs = workflow.inputs
        self.findings = findings

    def templates(self, value: object, place: Place) -> bool:
        """Check every `{{ … }}` in `value`; whether there was one."""
        dynamic = False
        for path, text in texts(value, ()):
            if "{{" in text:
                dynamic = True
                self._check(text, place, (*place.path, *path), template=True)
        return dynamic

    def expressions(self, value: object, place: Place) -> None:
        """Check every text in `value` as an expression."""
        for path, text in texts(value, ()):
            self._check(text, place, (*place.path, *path), template=False)

    def _check(self, text: str, place: Place, path: Path, *, template: bool) -> None:
        try:
            expression = compile_template(text) if template else compile_expression(text)
        except ExpressionError as error:
            problems, expression = [error], None
            if error.code == "unknown_function":
                problems, expression = find_problems(text, template=template)
            for problem in problems:
                remedy = problem.remedy or "Correct the expression."
                self.findings.error(problem.code, problem.message, path, remedy, place.node)
        if expression is not None:
            self._references(expression, place, path)
            self._roots(expression, place, path)
            if expression.secrets and not place.secret:
                names = ", ".join(f"`secrets.{name}`" for name in sorted(expression.secrets))
                self.findings.error(
                    "secret_outside_secret_field",
                    f"{names} is read here, where its value could be seen.",
                    path,
                    f"Use it in a field that is kept secret: {listed(place.secret_fields)}."
                    if place.secret_fields
                    else "Use it in a field of a node that is kept secret, such as `secret` of `http.request`.",
                    place.node,
                )

    def _references(self, expression: Expression, place: Place, path: Path) -> None:
        level = place.level
        for id_, port in sorted(expression.references, key=lambda pair: (pair[0], pair[1] or "")):
            home = level.find(id_)
            if home is not None:
                level.waits(place.node, id_)
                if port is not None:
                    self._port(home, id_, port, place, path)
                continue
            publishers = level.publishers(id_)
            for publisher in publishers:
                level.waits(place.node, publisher)
            if not publishers:
                self._unknown_node(id_, place, path)

    def _port(self, home: Level, id_: str, port: str, place: Place, path: Path) -> None:
        ports = home.ports(id_)
        if ports.type is None or port == "output" or port in ports.outputs:
            return
        single = ports.single_output
        known = [name for name in ports.outputs] if single is None or len(ports.outputs) > 1 else [single.name]
        if port == "error":
            remedy = f"Set `on_error: branch` on `{id_}` to have it."
        elif single is not None and find_nearest(port, [*known, "output"]) is None:
            remedy = f"Write `nodes.{id_}.output.{port}`: the result is on its only output."
        else:
            remedy = suggest(
                port,
                [*known, "output"],
                f"Its outputs are {listed(known)}." if known else "It has no output.",
            )
        self.findings.error("unknown_port", f"`{id_}` has no output `{port}`.", path, remedy, place.node)

    def _unknown_node(self, id_: str, place: Place, path: Path) -> None:
        containers = self.findings.homes.get(id_, [])
        if containers:
            container = containers[0]
            self.findings.error(
                "unknown_reference",
                f"`{id_}` stands inside `{container}` and cannot be read from here.",
                path,
                f"Read the container's own output: `{{{{ nodes.{container}.output }}}}`.",
                place.node,
            )
            return
        visible = [name for level in place.level.chain() for name in level.nodes]
        remedy = suggest(id_, visible, "Refer to a node by its `id`.")
        self.findings.error("unknown_reference", f"There is no node `{id_}`.", path, remedy, place.node)

    def _roots(self, expression: Expression, place: Place, path: Path) -> None:
        level = place.level
        for root in sorted(expression.roots):
            if (
                root in ROOTS
                or root in place.extra
                or root in level.names
                or (root == "input" and place.node is not None)
            ):
                continue
            publishers = level.publishers(root)
            for publisher in publishers:
                level.waits(place.node, publisher)
            if not publishers:
                self._unknown_name(root, place, path)
        for parts in sorted(expression.paths):
            if parts[0] in level.published or parts[0] in place.extra or len(parts) < 2:
                continue
            known = _KNOWN_KEYS.get(parts[0])
            if known is not None and parts[1] not in known:
                remedy = suggest(parts[1], known, f"There are {listed(f'{parts[0]}.{key}' for key in known)}.")
                self.findings.error("unknown_name", f"There is no `{parts[0]}.{parts[1]}`.", path, remedy, place.node)
            elif parts[:2] == ("workflow", "input") and len(parts) > 2 and self.inputs and parts[2] not in self.inputs:
                remedy = suggest(
                    parts[2], self.inputs, f"The inputs are {listed(self.inputs)}; add it under `inputs:`."
                )
                message = f"The workflow has no input `{parts[2]}`."
                self.findings.error("unknown_workflow_input", message, path, remedy, place.node)

    def _unknown_name(self, root: str, place: Place, path: Path) -> None:
        if root == "loop":
            remedy = "`loop` is known inside the body of `flow.loop` and `flow.while`."
        elif root == "input":
            remedy = "`input` is what a node was given; here, read `workflow.input` or `nodes.<id>.output`."
        else:
            level = place.level
            if level.find(root) is not None:
                remedy = f"To read the node, write `nodes.{root}.output`."
            elif root in self.inputs:
                remedy = f"To read the workflow's input, write `workflow.input.{root}`."
            else:
                known = ROOTS | {"steps", "input"} | place.extra | level.names | level.all_published
                remedy = suggest(
                    root, sorted(known), f"Put text in quotes; the names here are {listed(sorted(known))}."
                )
        self.findings.error("unknown_name", f"There is no name `{root}` here.", path, remedy, place.node)
