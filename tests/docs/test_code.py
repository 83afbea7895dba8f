"""Every block of code in the documentation does what it says."""

from __future__ import annotations

import json
import sys
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.fences import Fence, fences
from treadle import Application, ExecutionRequest, Settings
from treadle.authoring.check import check_file
from treadle.authoring.document import Loaded
from treadle.node import Registry
from treadle.testing.cases.reading import parse_case_file

REGISTRY = Registry.installed()

ORDERS = "customer,amount\nAda,250\nBo,40\nCy,120\n"
RUNS: dict[str, list[tuple[dict[str, Any], Any]]] = {
    "take-order": [({"shop": "berlin", "items": [1, 2]}, {"shop": "berlin", "items": 2})],
    "ask-time-off": [({}, None)],
    "breakout": [({}, "BTC/USDT")],
    "hold": [({}, "BTC/USDT")],
    "weak-and-strong": [({}, "BTC/USDT")],
    "dips": [({}, "BTC/USDT")],
    "paper": [({}, {"status": "filled", "filled": Decimal("0.01")})],
    "dip-buyer": [({}, {"status": "filled", "refused": None})],
    "morning-report": [({}, "Good morning")],
    "price-alert": [({"prices": [90, 140]}, "115.0 is too high"), ({"prices": [10, 30]}, "20.0 is fine")],
    "greet-by-name": [({}, "Hello Ada")],
    "double-all": [({"numbers": [1, 2]}, [2, 4])],
    "short-or-long": [({"text": "one two three four"}, "long: one"), ({"text": "one two"}, "short: one")],
    "first": [({}, 1)],
    "second": [({}, 2)],
    "big-orders": [({}, ["Call Ada", "Call Cy"])],
    "pinned-price": [({}, 25.0)],
    "bot": [({"account": "main"}, 1.0)],
    "fees": [({"amount": 10}, 1.0), ({"amount": 90}, 9.0)],
    "pay": [({"customer": "Ada"}, "Thank you, Ada!")],
    "welcome": [({"who": "Ada"}, None)],
    "report": [({}, "report.txt")],
    "order": [({"order": "o7"}, "2 boxes for 20")],
    "reply": [({"lead": "ada"}, "Thanks for your order")],
    "tax": [({"amount": 100}, 20.0)],
    "invoice": [({"amount": 100}, 120.0)],
    "bill": [({}, "bill.txt")],
    "pay-order": [({"order": "A-17", "total": 120}, "A-17")],
    "pack-order": [({"order": "A-17"}, "Packing A-17")],
    "orders": [({}, 12)],
    "customers": [({}, None)],
    "greet-customer": [({"customer": "Bo"}, "Hello Bo, this is the shop.")],
    "call-shop": [({}, "asking")],
    "tell-us": [({"workflow": "import", "error": {"type": "timeout"}}, "import: timeout")],
}
"""Workflow in the documentation → each (input, what it gives). In test mode, so that pins hold."""
SECRETS = {"customers": "TREADLE_SECRET_CRM_TOKEN"}
"""Workflow → the secret it is given: a word that nobody takes."""
FAIL = {
    "customers": "connection",
    "read-prices": "file_not_found",
    "misspelt": "missing_key",
    "dip": "file_not_found",
    "rsi-alert": "not_a_number",
}
"""Workflow → the type of its failure."""
WAIT = {"ask-time-off", "welcome"}
"""Workflows that go on days later."""

TESTS = [fence for fence in fences("yaml") if (fence.file or "").endswith(".test.yaml")]
WORKFLOWS = [fence for fence in fences("yaml") if isinstance(yaml.safe_load(fence.text), dict) and fence not in TESTS]
EXAMPLES = [fence for fence in fences("yaml") if isinstance(yaml.safe_load(fence.text), list)]


def loaded(fence: Fence) -> Loaded:
    return check_file(fence.text, REGISTRY, source=str(fence))


def test_every_block_is_in_a_language_that_is_tested() -> None:
    """`text` is for what no program reads."""
    known = {"yaml", "python", "ts", "console", "sh", "toml", "csv", "text"}

    assert [str(fence) for fence in fences() if fence.language not in known] == []


# What is marked `client` is run by tests/clients, against a server.
@pytest.mark.parametrize("fence", [fence for fence in fences("python") if "client" not in fence.marks], ids=str)
def test_python_runs(fence: Fence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = f"documentation_{abs(hash(str(fence)))}"
    namespace: dict[str, Any] = {"__name__": module}
    # Annotations are looked up in the module of the function they stand on.
    monkeypatch.setitem(sys.modules, module, type(sys)(module))
    sys.modules[module].__dict__.update(namespace)

    exec(compile(fence.text, str(fence), "exec"), sys.modules[module].__dict__)


@pytest.mark.parametrize("fence", WORKFLOWS, ids=str)
def test_a_workflow_passes_the_check_unless_it_says_otherwise(fence: Fence) -> None:
    result = loaded(fence).result

    assert result.valid is ("invalid" not in fence.marks), result.issues


@pytest.mark.parametrize("fence", [fence for fence in WORKFLOWS if "invalid" not in fence.marks], ids=str)
async def test_a_workflow_gives_what_it_promises(fence: Fence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in SECRETS.values():
        monkeypatch.setenv(variable, "open-sesame")
    (tmp_path / "orders.csv").write_text(ORDERS)
    settings = Settings(db=str(tmp_path / "treadle.db"), workspace=str(tmp_path), synchronous="OFF")

    async with Application(settings) as application:
        workflows = loaded(fence).workflows
        for workflow in workflows if len(workflows) > 1 else ():  # they may call each other
            await application.publish(workflow)
        for workflow in workflows:
            for given, wanted in RUNS.get(workflow.name, [({}, None)]):
                result = await application.execute(ExecutionRequest(workflow, input=given, mode="test"))

                if workflow.name in FAIL:
                    assert result.error is not None
                    assert result.error.type == FAIL[workflow.name]
                else:
                    status = "suspended" if workflow.name in WAIT else "completed"
                    assert (result.status, result.output) == (status, wanted), result.error


def test_what_is_said_of_runs_here_is_about_workflows_there() -> None:
    """A workflow that went leaves no expectation behind, and a new one needs its own."""
    names = {
        workflow.name for fence in WORKFLOWS if "invalid" not in fence.marks for workflow in loaded(fence).workflows
    }

    assert names == RUNS.keys() | FAIL.keys()


@pytest.mark.parametrize("fence", TESTS, ids=str)
def test_a_test_file_can_be_read(fence: Fence) -> None:
    """That its tests pass is seen where the page runs `treadle test`."""
    assert parse_case_file(fence.text, str(fence.file)).cases


@pytest.mark.parametrize("fence", EXAMPLES, ids=str)
def test_the_config_of_an_example_fits_its_node_type(fence: Fence) -> None:
    for node in yaml.safe_load(fence.text):
        definition = REGISTRY.get(node["type"])
        config = node.get("config", {})
        dynamic = frozenset(name for name, value in config.items() if "{{" in json.dumps(value))

        assert definition.config_problems(config, dynamic) == []


@pytest.mark.parametrize("fence", fences("toml"), ids=str)
def test_toml_can_be_read(fence: Fence) -> None:
    assert tomllib.loads(fence.text)
