"""What a small company has of workflows and runs: something for every page to show."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from treadle.authoring.check.file import check_file
from treadle.model.workflow import Workflow
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest

ORDERS = """\
name: order-desk
title: Order desk
description: Prices an order and asks a person before a large one is shipped.
tags: [sales]
inputs: {order: {type: string, default: A-17}, amount: {type: number, default: 240}}
nodes:
  - {id: price, type: data.set, config: {fields: {total: "{{ workflow.input.amount * 1.19 }}"}}}
  - id: ship
    type: flow.approval
    config:
      title: "Ship {{ workflow.input.order }}?"
      message: "{{ workflow.input.amount }} € net. The warehouse closes at 18:00."
      deadline: 2d
      form: {type: object, properties: {boxes: {type: integer, minimum: 1, default: 1}}, required: [boxes]}
    after: [price]
"""
INVOICES = """\
name: invoice-intake
title: Invoice intake
description: Reads what suppliers send and books it.
tags: [finance]
inputs: {total: {type: number, default: 120}, lines: {type: number, default: 4}}
nodes:
  - {id: read, type: data.set, config: {fields: {total: "{{ workflow.input.total }}"}}}
  - {id: per_line, type: data.template, config: {template: "{{ workflow.input.total / workflow.input.lines }} a line"}}
outputs: "{{ nodes.per_line.output }}"
"""
REPORT = """\
name: morning-report
title: Morning report
description: What was sold yesterday, in a line.
tags: [sales]
nodes:
  - {id: morning, type: trigger.schedule, config: {cron: "30 8 * * MON-FRI", timezone: Europe/Berlin}}
  - {id: figures, type: data.set, config: {fields: {sold: 12, returned: 2}}, after: [morning]}
  - {id: text, type: data.template, config: {template: "Sold {{ nodes.figures.output.sold }}."}}
outputs: "{{ nodes.text.output }}"
"""
WATCH = """\
name: price-watch
title: Price watch
description: Looks at a price every hour and waits in between.
tags: [trading]
nodes:
  - {id: pause, type: flow.wait, config: {duration: 3h}}
  - {id: note, type: data.set, config: {fields: {seen: true}}, after: [pause]}
"""
LATER_REPORT = """\
name: morning-report
title: Morning report
description: What was sold yesterday, in a line, for the team.
tags: [sales]
nodes:
  - {id: morning, type: trigger.schedule, config: {cron: "0 8 * * MON-FRI", timezone: Europe/Berlin}}
  - {id: figures, type: data.set, config: {fields: {sold: 12, returned: 2}}, after: [morning]}
  - {id: net, type: data.transform, config: {transform: nodes.figures.output.sold - nodes.figures.output.returned}}
  - {id: line, type: data.template, config: {template: "Sold {{ nodes.net.output }} after returns."}}
outputs: "{{ nodes.line.output }}"
"""
"""The report's second version: the diff has something of each kind."""
WORKFLOWS = (ORDERS, INVOICES, REPORT, WATCH)


async def publish(application: Application, text: str, note: str | None = None) -> Workflow:
    """The workflow of a file, stored."""
    (workflow,) = check_file(text, application.registry, source="world").workflows
    await application.publish(workflow, source=text, note=note)
    return workflow


async def run(application: Application, name: str, **values: Any) -> str:
    """Start a run, and let it go as far as it goes; its id."""
    result = await application.execute(ExecutionRequest(name, input=values))
    return str(result.run_id)


async def build(application: Application, deployments: Deployments) -> None:
    orders, _, report, watch = [await publish(application, text) for text in WORKFLOWS]
    await deployments.deploy(report)
    await deployments.deploy(watch, name="watch-btc", every=3600, paused=True)
    await deployments.deploy(orders, name="shop", every=7200)
    steps: list[tuple[str, Mapping[str, Any]]] = [
        *[("invoice-intake", {"total": 90 + 7 * at, "lines": 3}) for at in range(9)],
        ("invoice-intake", {"lines": 0}),
        *[("morning-report", {}) for _ in range(4)],
        ("order-desk", {"order": "A-17", "amount": 240}),
        ("invoice-intake", {"lines": 0}),
        ("order-desk", {"order": "B-02", "amount": 1890}),
        ("price-watch", {}),
    ]
    for name, values in steps:
        await run(application, name, **values)
        await asyncio.sleep(0.01)
    await publish(application, LATER_REPORT, "Returns are left out, as sales asked.")
