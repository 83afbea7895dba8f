"""Settings: one's account, keys, credentials, users, the log and the installation."""

from __future__ import annotations

import httpx
import pytest
from playwright.async_api import expect

from tests.ui.axe import assert_accessible
from tests.ui.conftest import OpenPage
from treadle.server.services import Services
from treadle.service.access.actions import SCOPES

PARTS = ("me", "keys", "profiles", "secrets", "users", "teams", "audit", "system")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
async def test_every_part_is_there_for_an_administrator_and_accessible(open_page: OpenPage, phone: bool) -> None:
    page = await open_page("admin", at="/settings", phone=phone)
    for part in PARTS:
        await page.goto(f"/settings/{part}")
        await expect(page.get_by_role("heading", level=2).first).to_be_visible()
        await expect(page.get_by_label("Loading")).to_have_count(0)
        await assert_accessible(page)


async def test_a_viewer_sees_their_own_and_is_told_why_not_the_rest(open_page: OpenPage) -> None:
    page = await open_page("viewer", at="/settings")

    parts = page.get_by_role("navigation", name="Settings")
    await expect(parts.get_by_role("link")).to_have_count(2)
    await expect(parts).to_contain_text("Users, Teams, Audit, and System are for administrators.")
    await assert_accessible(page)
    await page.goto("/settings/users")
    await expect(page.get_by_text("You are a viewer; this takes an administrator.")).to_be_visible()


async def test_a_key_is_made_shown_once_used_and_revoked(open_page: OpenPage, url: str) -> None:
    page = await open_page("operator", at="/settings/keys")
    await page.get_by_role("button", name="New key").click()
    form = page.get_by_role("form", name="New API key")
    await form.get_by_role("textbox", name="Name").fill("nightly script")
    await expect(form.get_by_role("button", name="Make key")).to_be_disabled()
    await form.get_by_role("radiogroup", name="Runs", exact=True).get_by_text("Read").click()
    await assert_accessible(page)
    await form.get_by_role("button", name="Make key").click()

    shown = page.get_by_role("status", name="The key nightly script")
    text = await shown.get_by_role("code").inner_text()
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {text}"}) as client:
        assert (await client.get("/runs")).status_code == 200
        assert (await client.get("/workflows")).status_code == 403
    await page.reload()
    await expect(page.get_by_role("list", name="API keys")).to_contain_text("runs:read")
    assert text not in await page.content()

    await page.get_by_role("button", name="Revoke nightly script").click()
    await page.get_by_role("group", name="Revoke nightly script").get_by_role("button", name="Revoke").click()
    await expect(page.get_by_role("list", name="API keys")).to_contain_text("Revoked")
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {text}"}) as client:
        assert (await client.get("/runs")).status_code == 401


async def test_the_scopes_are_those_of_the_server(open_page: OpenPage) -> None:
    page = await open_page("admin", at="/settings/keys")
    await page.get_by_role("button", name="New key").click()
    form = page.get_by_role("form", name="New API key")
    for words in ("Read", "Change"):
        for choice in await form.get_by_role("radiogroup").get_by_text(words, exact=True).all():
            await choice.click()
    changed = set((await form.get_by_text("Scopes:").get_by_role("code").inner_text()).split())
    reads = {scope for scope in SCOPES if scope.endswith(":read") and scope.replace(":read", ":write") not in SCOPES}

    assert changed == {scope for scope in SCOPES if scope.endswith(":write")} | reads


async def test_a_profile_is_made_tested_and_its_secret_never_shown(open_page: OpenPage, services: Services) -> None:
    page = await open_page("editor", at="/settings/profiles")
    await expect(page.get_by_text("There is no profile yet")).to_be_visible()
    await page.get_by_role("button", name="New profile").click()
    form = page.get_by_role("form", name="New profile")
    await form.get_by_role("textbox", name="Name", exact=True).fill("crm")
    await form.get_by_label("Bearer token").fill("hunter2-secret")
    await assert_accessible(page)
    await form.get_by_role("button", name="Create profile").click()

    await expect(page.get_by_role("list", name="Profiles")).to_contain_text("token set")
    await page.get_by_role("button", name="Test connection crm").click()
    await expect(page.get_by_role("status").filter(has_text="no field `url`")).to_contain_text("Set `url`")
    await page.reload()
    await page.get_by_role("button", name="Edit crm").click()
    form = page.get_by_role("form", name="Profile crm")
    await expect(form.get_by_role("textbox", name="Bearer token")).to_have_value("")
    await expect(form.get_by_role("textbox", name="Bearer token")).to_have_attribute(
        "placeholder", "Set. Type to replace it"
    )
    assert "hunter2" not in await page.content()
    await form.get_by_role("button", name="Remove Bearer token").click()
    await form.get_by_role("textbox", name="API key", exact=True).fill("another")
    await form.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("list", name="Profiles")).to_contain_text("api_key set")

    await page.get_by_role("button", name="Delete crm").click()
    await page.get_by_role("group", name="Delete crm").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("There is no profile yet")).to_be_visible()


async def test_a_secret_is_set_and_not_shown(open_page: OpenPage) -> None:
    page = await open_page("admin", at="/settings/secrets")
    await page.get_by_role("button", name="New secret").click()
    form = page.get_by_role("form", name="New secret")
    await form.get_by_label("Name").fill("smtp_password")
    await form.get_by_label("Value").fill("hunter2-secret")
    await form.get_by_role("button", name="Set secret").click()

    await expect(page.get_by_role("list", name="Secrets")).to_contain_text("smtp_password")
    await expect(page.get_by_role("list", name="Secrets")).to_contain_text("set by admin")
    assert "hunter2" not in await page.content()


async def test_a_user_is_made_signs_in_by_the_link_once_and_is_disabled(open_page: OpenPage) -> None:
    page = await open_page("admin", at="/settings/users")
    await page.get_by_role("button", name="New user").click()
    form = page.get_by_role("form", name="New user")
    await form.get_by_label("Name").fill("tom")
    await form.get_by_role("combobox", name="Role").click()
    await page.get_by_role("option", name="Operator").click()
    await form.get_by_role("button", name="Create user and link").click()
    shown = page.get_by_role("status", name="Sign-in link for tom")
    link = await shown.get_by_role("code").inner_text()
    await assert_accessible(page)

    tom = await open_page(None, at=link)
    if await tom.get_by_role("button").count():  # the link asks once more
        await tom.get_by_role("button").first.click()
    await expect(tom.get_by_role("heading", name="tom")).to_be_visible()

    await page.get_by_role("button", name="Limits and sessions of tom").click()
    await page.get_by_label("Runs a day").fill("50")
    await page.get_by_role("button", name="Save limits").click()
    await expect(page.get_by_role("list", name="Users")).to_contain_text("at most 50 runs a day")
    await page.get_by_role("button", name="Disable tom").click()
    await page.get_by_role("group", name="Disable tom").get_by_role("button", name="Disable").click()
    await expect(page.get_by_role("list", name="Users")).to_contain_text("Disabled")
    assert (await tom.request.get("/api/v1/me")).status == 401


async def test_a_team_has_members(open_page: OpenPage) -> None:
    await open_page("viewer", name="mara")
    page = await open_page("admin", at="/settings/teams")
    await page.get_by_role("button", name="New team").click()
    form = page.get_by_role("form", name="New team")
    await form.get_by_label("Name").fill("weavers")
    await form.get_by_role("combobox", name="Members").click()
    await page.get_by_role("option", name="mara").click()
    await form.get_by_label("Name").click()
    await form.get_by_role("button", name="Create team").click()

    await expect(page.get_by_role("list", name="Teams")).to_contain_text("1 member: mara")


async def test_a_password_is_set_and_other_browsers_are_signed_out(open_page: OpenPage) -> None:
    page = await open_page("viewer", name="mara", at="/settings")
    await open_page("viewer", name="mara", at="/")
    await page.reload()
    sessions = page.get_by_role("list", name="Sessions").locator("> li")
    await expect(sessions).to_have_count(2)
    await page.get_by_role("button", name="Set a password").click()
    await page.get_by_label("New password").fill("short")
    await page.get_by_role("button", name="Save password").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("New password").fill("eleven warps and a weft")
    await page.get_by_role("button", name="Save password").click()

    await expect(page.get_by_role("button", name="Change password")).to_be_visible()


async def test_the_log_is_filtered_verified_and_taken_out(open_page: OpenPage) -> None:
    page = await open_page("admin", at="/settings/secrets")
    await page.get_by_role("button", name="New secret").click()
    await page.get_by_label("Name").fill("one")
    await page.get_by_label("Value").fill("two")
    await page.get_by_role("button", name="Set secret").click()
    await page.get_by_role("link", name="Audit").click()

    await expect(page.get_by_role("status")).to_contain_text("Chain verified")
    await page.get_by_role("textbox", name="Action").fill("secrets")
    rows = page.get_by_role("table", name="Audit log").get_by_role("row")
    await expect(rows).to_have_count(2)
    async with page.expect_download() as download:
        await page.get_by_role("link", name="CSV").click()
    path = await (await download.value).path()
    assert "secrets.write" in path.read_text()
    assert "two" not in path.read_text()


async def test_a_backup_is_made(open_page: OpenPage) -> None:
    page = await open_page("admin", at="/settings/system")
    await expect(page.get_by_role("list", name="Findings").get_by_role("listitem").first).to_be_visible()
    await page.get_by_role("button", name="Back up now").click()

    await expect(page.get_by_role("list", name="Backup")).to_contain_text("SHA-256", timeout=30_000)
