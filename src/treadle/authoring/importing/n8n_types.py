"""The node types of n8n that we have a counterpart for, and how their parameters become config."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from treadle.authoring.importing.n8n_expressions import translate

Config = dict[str, Any]
Taken = dict[str, str]
"""Parameter to the field of config that it went to."""


@dataclass(frozen=True, slots=True)
class Counterpart:
    """`type` is ours. `read` gives config and which parameters are in it; all others are kept. `outputs` are our ports
    for n8n's numbered ones, `input` the port that its data arrives on."""

    type: str
    read: Callable[[Mapping[str, Any]], tuple[Config, Taken]]
    outputs: tuple[str, ...] = ("output",)
    input: str | None = "value"


def _none(parameters: Mapping[str, Any]) -> tuple[Config, Taken]:
    return {}, {}


def _fields(**names: str) -> Callable[[Mapping[str, Any]], tuple[Config, Taken]]:
    def read(parameters: Mapping[str, Any]) -> tuple[Config, Taken]:
        config = {ours: translate(parameters[theirs]) for theirs, ours in names.items() if theirs in parameters}
        return config, {theirs: f"config.{ours}" for theirs, ours in names.items() if theirs in parameters}

    return read


def _schedule(parameters: Mapping[str, Any]) -> tuple[Config, Taken]:
    rules: Any = parameters.get("rule", {})
    found: list[Any] = cast("dict[str, Any]", rules).get("interval", []) if isinstance(rules, dict) else []
    if len(found) != 1 or not isinstance(found[0], dict):
        return {}, {}
    rule = cast("dict[str, Any]", found[0])
    minute, hour = rule.get("triggerAtMinute", 0), rule.get("triggerAtHour", 0)
    match rule.get("field", "days"):
        case "cronExpression" if isinstance(rule.get("expression"), str):
            cron = rule["expression"]
        case "minutes":
            cron = f"*/{rule.get('minutesInterval', 5)} * * * *"
        case "hours":
            cron = f"{minute} */{rule.get('hoursInterval', 1)} * * *"
        case "days" if rule.get("daysInterval", 1) == 1:
            cron = f"{minute} {hour} * * *"
        case "weeks" if rule.get("weeksInterval", 1) == 1:
            days = ",".join(str(day) for day in rule.get("triggerAtDay", [0]))
            cron = f"{minute} {hour} * * {days}"
        case _:
            return {}, {}
    return {"cron": cron}, {"rule": "config.cron"}


def _interval(parameters: Mapping[str, Any]) -> tuple[Config, Taken]:
    units = {"seconds": "s", "minutes": "m", "hours": "h"}
    unit, every = parameters.get("unit", "seconds"), parameters.get("interval", 1)
    if unit not in units:
        return {}, {}
    return {"seconds": f"{every}{units[unit]}"}, {
        key: "config.seconds" for key in ("unit", "interval") if key in parameters
    }


def _webhook(parameters: Mapping[str, Any]) -> tuple[Config, Taken]:
    config, taken = _fields(path="path")(parameters)
    if isinstance(config.get("path"), str):
        config["path"] = config["path"].strip("/")
    config["methods"] = [str(parameters.get("httpMethod", "GET"))]
    if "httpMethod" in parameters:
        taken["httpMethod"] = "config.methods"
    modes = {"onReceived": "at_once", "lastNode": "when_done", "responseNode": "respond"}
    if parameters.get("responseMode") in modes:
        config["respond"] = modes[parameters["responseMode"]]
        taken["responseMode"] = "config.respond"
    return config, taken


def _http(parameters: Mapping[str, Any]) -> tuple[Config, Taken]:
    config, taken = _fields(url="url", method="method", requestMethod="method")(parameters)
    for theirs, ours in (("queryParameters", "query"), ("headerParameters", "headers"), ("bodyParameters", "body")):
        pairs = _pairs(parameters.get(theirs))
        if pairs is not None:
            config[ours] = pairs
            taken[theirs] = f"config.{ours}"
    if isinstance(parameters.get("jsonBody"), str):
        config["body"] = translate(parameters["jsonBody"])
        taken["jsonBody"] = "config.body"
    for flag in ("sendQuery", "sendHeaders", "sendBody", "specifyBody", "contentType"):
        if flag in parameters:
            taken[flag] = "config"
    return config, taken


def _pairs(value: Any) -> dict[str, Any] | None:
    given: Any = cast("dict[str, Any]", value).get("parameters") if isinstance(value, dict) else None
    if not isinstance(given, list) or not all(
        isinstance(one, dict) and "name" in one for one in cast("list[Any]", given)
    ):
        return None
    return {str(one["name"]): translate(one.get("value", "")) for one in cast("list[dict[str, Any]]", given)}


_UNARY = {"true": "{}", "false": "not ({})", "empty": "not ({})", "notEmpty": "bool({})", "exists": "({}) != null",
          "notExists": "({}) == null"}  # fmt: skip
_BINARY = {"equals": "==", "notEquals": "!=", "gt": ">", "larger": ">", "gte": ">=", "largerEqual": ">=", "lt": "<",
           "smaller": "<", "lte": "<=", "smallerEqual": "<=", "equal": "==", "notEqual": "!="}  # fmt: skip
_CALLS = {"contains": "contains", "startsWith": "starts_with", "endsWith": "ends_with", "regex": "matches"}


def read_condition(given: Any) -> str | None:
    """n8n's conditions as one expression; None where they say something that we cannot."""
    if not isinstance(given, dict):
        return None
    entries = cast("dict[str, Any]", given)
    listed: Any = entries.get("conditions")
    if not isinstance(listed, list):
        listed = [
            {"leftValue": one.get("value1"), "rightValue": one.get("value2"),
             "operator": {"operation": one.get("operation", "equal")}}
            for kind in ("string", "number", "boolean", "dateTime")
            for one in cast("list[dict[str, Any]]", entries.get(kind, []))
        ]  # fmt: skip
    parts = [_one_condition(one) for one in cast("list[Any]", listed)]
    if not parts or any(part is None for part in parts):
        return None
    return (" || " if entries.get("combinator") == "or" else " && ").join(f"({part})" for part in parts)


def _one_condition(given: Any) -> str | None:
    if not isinstance(given, dict):
        return None
    one = cast("dict[str, Any]", given)
    operator: Any = one.get("operator") or {}
    said = cast("dict[str, Any]", operator) if isinstance(operator, dict) else {"operation": operator}
    name = str(said.get("operation", "equals"))
    left = _operand(one.get("leftValue"))
    if left is None:
        return None
    if name in _UNARY:
        return _UNARY[name].format(left)
    right = _operand(one.get("rightValue"))
    if right is None:
        return None
    if name in _BINARY:
        return f"{left} {_BINARY[name]} {right}"
    return f"{_CALLS[name]}({left}, {right})" if name in _CALLS else None


def _operand(value: Any) -> str | None:
    import json

    found = translate(value)
    if isinstance(found, str) and found.startswith("{{") and found.endswith("}}") and found.count("{{") == 1:
        return found[2:-2].strip()
    return None if isinstance(found, str) and "{{" in found else json.dumps(found)


def _if(parameters: Mapping[str, Any]) -> tuple[Config, Taken]:
    condition = read_condition(parameters.get("conditions"))
    if condition is None or parameters.get("combineOperation") == "any":
        return {}, {}
    return {"condition": condition.replace("input.value", "input.a")}, {"conditions": "config.condition"}


def _filter(parameters: Mapping[str, Any]) -> tuple[Config, Taken]:
    condition = read_condition(parameters.get("conditions"))
    return ({}, {}) if condition is None else ({"condition": condition.replace("input.value", "item")},
                                               {"conditions": "config.condition"})  # fmt: skip


def _set(parameters: Mapping[str, Any]) -> tuple[Config, Taken]:
    fields: dict[str, Any] = {}
    taken: Taken = {}
    assigned: Any = parameters.get("assignments", {})
    if isinstance(assigned, dict) and isinstance(assigned.get("assignments"), list):  # pyright: ignore[reportUnknownMemberType]
        for one in cast("list[dict[str, Any]]", assigned["assignments"]):
            fields[str(one.get("name", ""))] = translate(one.get("value"))
        taken["assignments"] = "config.fields"
    values: Any = parameters.get("values", {})
    if isinstance(values, dict) and values:
        for kind in cast("dict[str, list[dict[str, Any]]]", values).values():
            fields |= {str(one.get("name", "")): translate(one.get("value")) for one in kind}
        taken["values"] = "config.fields"
    config: Config = {"fields": fields}
    if parameters.get("keepOnlySet") is True or parameters.get("includeOtherFields") is False:
        config["only"] = True
    for key in ("keepOnlySet", "includeOtherFields"):
        if isinstance(parameters.get(key), bool):
            taken[key] = "config.only"
    return config, taken


def _wait(parameters: Mapping[str, Any]) -> tuple[Config, Taken]:
    units = {"seconds": "s", "minutes": "m", "hours": "h", "days": "d"}
    unit = parameters.get("unit", "hours")
    if parameters.get("resume", "timeInterval") != "timeInterval" or unit not in units:
        return {}, {}
    taken = {key: "config.duration" for key in ("amount", "unit", "resume") if key in parameters}
    return {"duration": f"{parameters.get('amount', 1)}{units[unit]}"}, taken


def _event(parameters: Mapping[str, Any]) -> tuple[Config, Taken]:
    return {}, {}


_PASS = Counterpart("data.transform", lambda _: ({"transform": "input.value"}, {}))
COUNTERPARTS: Mapping[str, Counterpart] = {
    "manualTrigger": Counterpart("trigger.manual", _none, ("input",), None),
    "start": Counterpart("trigger.manual", _none, ("input",), None),
    "scheduleTrigger": Counterpart("trigger.schedule", _schedule, ("scheduled_at",), None),
    "cron": Counterpart("trigger.schedule", _schedule, ("scheduled_at",), None),
    "interval": Counterpart("trigger.interval", _interval, ("at",), None),
    "webhook": Counterpart("trigger.webhook", _webhook, ("body",), None),
    "errorTrigger": Counterpart("trigger.failure", _event, ("run",), None),
    "executeWorkflowTrigger": Counterpart("trigger.workflow", _none, ("input",), None),
    "httpRequest": Counterpart("http.request", _http, ("body",), None),
    "respondToWebhook": Counterpart("http.respond", _fields(responseBody="body"), ("output",), "body"),
    "if": Counterpart("flow.if", _if, ("true", "false"), "a"),
    "filter": Counterpart("data.filter", _filter),
    "set": Counterpart("data.set", _set),
    "noOp": _PASS,
    "wait": Counterpart("flow.wait", _wait),
    "stickyNote": Counterpart("flow.note", _fields(content="text", width="width", height="height"), (), None),
}
"""By the last part of n8n's type."""
