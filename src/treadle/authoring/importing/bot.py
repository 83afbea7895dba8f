"""A bot document, `{bot_id, provider, strategy, params, …}`, made into the workflow of its strategy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from treadle.authoring.importing.bot_venues import read_providers, set_limits, set_providers
from treadle.authoring.importing.converted import Converted
from treadle.authoring.importing.credentials import FoundProfile, find_credentials, seal
from treadle.authoring.importing.fields import DocumentFields, normal
from treadle.authoring.importing.ledger import Ledger
from treadle.authoring.importing.notes import NOTE, note_node
from treadle.authoring.importing.starter import Starter, Starters
from treadle.authoring.importing.strategies import STRATEGIES, Strategy, Wanted, find_strategy
from treadle.authoring.importing.values import symbol
from treadle.authoring.reading import Reading, shown
from treadle.authoring.tree import Path
from treadle.authoring.workflow_form import slug
from treadle.model.nearest import listed, suggest

_OF_DEPLOYMENTS = {
    "mode": "how it is deployed says it: `treadle deploy FILE --mode paper`",
    "dry_run": "how it is deployed says it: `treadle deploy FILE --mode paper`",
    "paper": "how it is deployed says it: `treadle deploy FILE --mode paper`",
    "paper_trading": "how it is deployed says it: `treadle deploy FILE --mode paper`",
    "live": "how it is deployed says it: `treadle deploy FILE --mode live`",
    "live_trading": "how it is deployed says it: `treadle deploy FILE --mode live`",
    "enabled": "a workflow does nothing until it is deployed; `treadle pause` stops it for a while",
    "active": "a workflow does nothing until it is deployed; `treadle pause` stops it for a while",
    "is_active": "a workflow does nothing until it is deployed; `treadle pause` stops it for a while",
    "status": "a workflow does nothing until it is deployed; `treadle list` says what its runs came to",
    "state": "what a bot remembers is a deployment's state, which begins anew",
}
_PROTECTIONS = ("stop_loss", "take_profit", "trailing", "max_loss", "max_drawdown", "drawdown", "risk", "liquidation")


def is_bot(data: Any) -> bool:
    """Whether this is a bot document, and no other that is read here."""
    if not isinstance(data, dict):
        return False
    entries = cast("dict[str, Any]", data)
    names = {normal(str(key)) for key in entries}
    if {"nodes", "steps", "blocks", "workflows", "connections"} & names:
        return False
    return bool({"strategy", "strategy_type", "bot_type"} & names) or "bot_id" in names


class BotReading:
    """Reads one document; what is wrong with it is an issue of `reading`, by its place in the file."""

    def __init__(self, reading: Reading, data: Mapping[str, Any], at: Path, starters: Starters) -> None:
        self.reading, self.at, self._starters = reading, at, starters
        self.ledger = Ledger(data)
        self.fields = DocumentFields(self.ledger)
        self.remarks: list[str] = []
        self._given: dict[str, Any] = {}
        self._from: dict[str, Path] = {}

    def convert(self, fallback: str) -> Converted | None:
        """None where it cannot be told what it would be; then there is an issue that says so."""
        before = len(self.reading.issues)
        strategy = self._strategy()
        name, title = self._name(fallback)
        if strategy is None:
            return None
        starter = self._starters.get(strategy.template)
        if starter is None:
            self.refuse("unknown_template", (), f"There is no template `{strategy.template}` to make it of.",
                         "Install the pack that it belongs to: pip install 'treadle[trading]'.")  # fmt: skip
            return None
        providers = read_providers(self.fields)
        self._symbols(strategy, starter)
        for wanted in strategy.wants:
            self._take(wanted, starter)
        self._others(starter)
        self._missing(strategy, starter)
        for parameter, value in self._given.items():
            path = self._from.get(parameter, ())
            for problem in starter.problems(parameter, value):
                said = f"`{_last(path)}` does not fit `{parameter}` of the template: {problem}."
                self.refuse("invalid_value", path, said, "Correct it in the document.")
        if len(self.reading.issues) > before:
            return None
        data = starter.fill(self._given, name, title)
        self._head(data)
        bound, found = set_providers(data, providers, self.ledger, name)
        self._settings(strategy, data)
        for path, value, error in set_limits(data, self.fields):
            self.refuse(
                "invalid_value", path, f"`{_last(path)}` is {shown(value)}: {error}.", "Correct it in the document."
            )
        if len(self.reading.issues) > before:
            return None
        if strategy.remark is not None:
            self.remarks.append(strategy.remark)
        stray = self._seal_strays(name, found, bound)
        self._keep(data)
        assumed = {
            key: self._given.get(key, schema["default"])
            for key, schema in starter.parameters.items()
            if key not in self._from and "default" in schema and not key.startswith(("venue", "profile"))
        }
        return Converted(
            name, "bot", self.at, starter.write(data), tuple(self.ledger.fields), (*found, *stray),
            tuple(dict.fromkeys(bound)), starter.name, assumed, tuple(self.remarks),
        )  # fmt: skip

    # What it is

    def _strategy(self) -> Strategy | None:
        found = self.fields.find(
            ("strategy.name", "strategy.type", "strategy.kind", "strategy.id", "strategy", "strategy_type",
             "strategy_name", "bot_type", "type")
        )  # fmt: skip
        if found is None:
            self.refuse("missing_key", (), "The bot has no `strategy`.", f"Add one of {_strategy_names()}.")
            return None
        path, value = found
        if not isinstance(value, str):
            self.reading.wrong_type(value, (*self.at, *path), "strategy", "the name of a strategy")
            return None
        name = normal(value).removesuffix("_bot").removesuffix("_strategy")
        strategy = find_strategy(name)
        if strategy is None:
            known = [called for one in STRATEGIES for called in one.called]
            self.refuse("unknown_strategy", path, f"We have nothing for the strategy `{value}`.",
                         suggest(name, known, f"There are {_strategy_names()}."))  # fmt: skip
            return None
        self.ledger.map(path, f"template {strategy.template}")
        return strategy

    def _name(self, fallback: str) -> tuple[str, str | None]:
        """(what the workflow is called, its title)."""
        titled = self.fields.find(("title", "name", "bot_name", "label"))
        numbered = self.fields.find(("bot_id", "id", "uuid", "_id"))
        title = str(titled[1]) if titled else None
        name = slug(title or "") or slug(str(numbered[1]) if numbered else "") or slug(fallback) or "imported"
        if titled:
            self.ledger.map(titled[0], "name" if title == name else "name, title")
        if numbered and isinstance(numbered[1], str | int):
            self.ledger.map(numbered[0], "id")
            self._given_id = str(numbered[1])
        return name, None if title == name else title

    _given_id: str | None = None

    def _head(self, data: dict[str, Any]) -> None:
        """What the file says of itself."""
        rest = {key: data.pop(key) for key in list(data) if key not in ("name", "title")}
        if self._given_id is not None:
            data["id"] = self._given_id
        described = self.fields.find(("description", "notes", "comment"))
        if described and isinstance(described[1], str):
            self.ledger.map(described[0], "description")
            rest["description"] = described[1]
        tagged = self.fields.find(("tags", "labels"))
        if tagged and isinstance(tagged[1], list) and all(isinstance(one, str) for one in cast("list[Any]", tagged[1])):
            self.ledger.map(tagged[0], "tags")
            rest["tags"] = list(dict.fromkeys([*rest.get("tags", []), *cast("list[str]", tagged[1])]))
        data |= rest

    # Parameters

    def _symbols(self, strategy: Strategy, starter: Starter) -> None:
        """A list of markets, in the order of the template's."""
        lists = ("symbols", "pairs", "markets", "trading_pairs", "instruments", "tickers", "legs", "assets")
        found = self.fields.find(lists) if strategy.symbols else None
        if found is None or not isinstance(found[1], list):
            return
        path, given = found[0], cast("list[Any]", found[1])
        for index, name in enumerate(strategy.symbols[: len(given)]):
            if name in starter.parameters:
                self._give(Wanted(name, symbol, ()), (*path, index), given[index], starter)

    def _take(self, wanted: Wanted, starter: Starter) -> None:
        if wanted.name not in starter.parameters:
            return
        for path, value in self.fields.find_all(wanted.called):
            if wanted.name not in self._given and not isinstance(value, dict):
                self._give(wanted, path, value, starter)
            elif value == self.ledger.at(self._from.get(wanted.name, path)) and wanted.name in self._given:
                self.ledger.map(path, f"parameter {wanted.name}", "it says the same")

    def _others(self, starter: Starter) -> None:
        """What is called as a parameter of the template is."""
        for name in starter.parameters:
            if name in self._given or name in ("venue", "profile"):
                continue
            found = self.fields.find((name,))
            if found is not None:
                self._give(Wanted(name, lambda key, value: (value, None), ()), *found, starter)

    def _missing(self, strategy: Strategy, starter: Starter) -> None:
        for wanted in strategy.wants:
            if wanted.is_needed and wanted.name in starter.parameters and wanted.name not in self._from:
                said = f"The bot does not say its `{wanted.name}`, and nothing is to be assumed of it."
                self.refuse("missing_key", (), said, f"Add it to `params`, as {listed(wanted.called, limit=4)}.")
        for name, value in strategy.plainly.items():
            if name in starter.parameters:
                self._given.setdefault(name, value)

    def _settings(self, strategy: Strategy, data: dict[str, Any]) -> None:
        """What is no parameter of the template, and a field of its nodes."""
        for setting in strategy.sets:
            nodes = [node for node in data["nodes"] if node.get("type") == setting.type]
            found = self.fields.find(setting.called) if nodes else None
            if found is None:
                continue
            path, value = found
            try:
                read, note = setting.read(self.fields.key(path), value)
            except ValueError as error:
                said = f"`{_last(path)}` is {shown(value)}: {error}."
                self.refuse("invalid_value", path, said, "Correct it in the document.")
                continue
            for node in nodes:
                node["config"] = {**node.get("config", {}), setting.field: read}
            self.ledger.map(path, ", ".join(f"nodes.{node['id']}.config.{setting.field}" for node in nodes), note)

    def _give(self, wanted: Wanted, path: Path, value: Any, starter: Starter) -> None:
        try:
            read, note = wanted.read(self.fields.key(path), value)
        except (ValueError, TypeError) as error:
            self.refuse(
                "invalid_value", path, f"`{_last(path)}` is {shown(value)}: {error}.", "Correct it in the document."
            )
            self.ledger.keep(path, "", "it cannot be read")
            self._from[wanted.name] = path
            return
        self._given[wanted.name] = read
        self._from[wanted.name] = path
        self.ledger.map(path, f"parameter {wanted.name}", note)

    # What is left

    def _seal_strays(self, name: str, found: Sequence[FoundProfile], bound: list[str]) -> list[FoundProfile]:
        """Credentials that stand where nobody would look for them."""
        paths = find_credentials(self.ledger)
        if not paths:
            return []
        profile = f"{name}-credentials"
        bound.append(profile)
        self.remarks.append(f"Credentials that no node reads yet are in the profile `{profile}`.")
        return [seal(self.ledger, paths, profile, None)]

    def _keep(self, data: dict[str, Any]) -> None:
        kept = dict(self.ledger.left())
        if not kept:
            return
        for path in kept:
            name = self.fields.key(path[:1]) if len(path) == 1 else self.fields.key(path)
            why = _OF_DEPLOYMENTS.get(name) if len(path) <= 2 else None
            if why is None and any(word in normal(_last(path)) for word in _PROTECTIONS):
                why = "a protection that the template has no place for: it does NOT protect the workflow"
                self.remarks.append(
                    f"`{_last(path)}` protected the bot and does not protect the workflow: build it in."
                )
            self.ledger.keep(path, f"nodes.{NOTE}.config.text", why or "the template has nothing like it")
        data["nodes"].append(note_node(data["nodes"], "From the bot document, as it was:", kept))

    def refuse(self, code: str, path: Path, message: str, remedy: str) -> None:
        self.reading.refuse(code, message, (*self.at, *path), remedy)


def _last(path: Path) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "document")


def _strategy_names() -> str:
    return listed([one.called[0] for one in STRATEGIES], limit=20)
