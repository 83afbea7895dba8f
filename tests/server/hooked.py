"""Deploying what answers over HTTP, for the tests of hooks, forms and task pages."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx

from treadle.authoring.check.file import check_file
from treadle.server.services import Services
from treadle.store.deployments import Deployment, DeploymentLimits

ECHO = """
name: echo
nodes:
  - {id: hook, type: trigger.webhook, config: {path: "echo/{shop}", methods: [POST, GET], respond: when_done}}
  - id: said
    type: data.transform
    config:
      transform: >-
        {body: nodes.hook.body, query: nodes.hook.query, headers: nodes.hook.headers, path: nodes.hook.path,
        hash: nodes.hook.hash}
"""


async def deploy(services: Services, text: str, *, name: str | None = None, **limits: Any) -> Deployment:
    checked = check_file(text, services.application.registry)
    (workflow,) = checked.workflows
    return await services.deployments.deploy(workflow, name=name, limits=DeploymentLimits(**limits) if limits else None)


def hook(**config: Any) -> str:
    """A webhook that answers with what its run came to."""
    written = ", ".join(f"{name}: {value}" for name, value in {"path": "in", "respond": "when_done", **config}.items())
    return (
        f"name: guarded\nnodes:\n  - {{id: hook, type: trigger.webhook, config: {{{written}}}}}\n"
        "  - {id: said, type: data.transform, config: {transform: nodes.hook.body}}\n"
    )


async def count_runs(services: Services) -> int:
    return len(await services.application.list_runs(limit=200))


def field_of(page: httpx.Response, name: str) -> str:
    """The value of a field of the page."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page.text)
    assert found is not None, page.text
    return unescape(found[1])
