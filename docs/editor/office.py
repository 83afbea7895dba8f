"""What a small company has beside its workflows: people, credentials, deployments that have run for a while."""

from __future__ import annotations

from treadle.service.access.actor import Role
from treadle.service.access.identities import Identities
from treadle.service.access.keys import Keys
from treadle.service.access.teams import Teams
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.execution import ExecutionRequest
from treadle.service.vault.credentials import Credentials

PEOPLE: tuple[tuple[str, Role], ...] = (("grace", "editor"), ("linus", "operator"), ("mary", "viewer"))


async def furnish(application: Application, deployments: Deployments, identities: Identities) -> None:
    """Beside what `world.build` makes."""
    for name, role in PEOPLE:
        await identities.create_user(name, role=role)
    await Teams(application).create("Sales", members=["grace", "linus"])
    credentials = Credentials(application)
    await credentials.create_profile("shop-api", provider="http", fields={"token": "s-12345678"})
    await credentials.create_profile("reports-mail", provider="smtp", fields={"user": "reports", "password": "quiet"})
    await credentials.set_secret("warehouse_token", "w-12345678")
    for name, scopes in (("nightly export", ("runs:read",)), ("till in the shop", ("*",))):
        await Keys(application).make(name, user="ada", scopes=scopes)
    await deployments.create("invoice-intake", "books", every=6 * 3600, profiles=["shop-api"])
    await deployments.clone("books", "books-trial", paused=True)
    for at in range(12):
        for name, lines in (("books", 0 if at in (4, 9) else 3), ("books-trial", 4)):
            values = {"total": 90 + 7 * at, "lines": lines}
            await application.execute(ExecutionRequest("invoice-intake", values, deployment=name))
    for _ in range(6):
        await application.execute(ExecutionRequest("morning-report", deployment="morning-report"))
    await application.execute(ExecutionRequest("order-desk", {"order": "C-31", "amount": 75}, deployment="shop"))
