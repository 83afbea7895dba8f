"""Who may call a webhook: forgeries of every kind."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.docs.fences import ROOT, fences_of
from treadle.errors import Unauthenticated
from treadle.service.hooks.authentication import REASONS, Refused, require_sender

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
AT = str(int(NOW.timestamp()))
KEY = b"0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
BODY = b'{"amount": 10}'


def signed(body: bytes = BODY, *, name: str = "msg_1", at: str = AT, key: bytes = KEY) -> dict[str, str]:
    digest = hmac.digest(key, f"{name}.{at}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": name,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def judge(kind: str, headers: dict[str, str], *, secret: str | None = SECRET, raw: bytes = BODY, **more: Any):
    return require_sender({"auth": kind, **more}, secret, headers=headers, raw=raw, now=NOW)


def test_the_vector_of_the_specification_is_let_in() -> None:
    """As published with Standard Webhooks: id, timestamp, secret, body and the signature they make."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret, now = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", datetime.fromtimestamp(1614265330, UTC)

    found = require_sender({"auth": "signature"}, secret, headers=headers, raw=b'{"test": 2432232314}', now=now)

    assert found == "msg_p5jXN8AQM9LWM0D4loKWxJek"


def test_one_of_several_signatures_is_enough() -> None:
    """While a sender changes its key, it signs with both."""
    right = signed()["webhook-signature"]

    assert judge("signature", {**signed(), "webhook-signature": f"v1,AAAA v2,x {right}"}) == "msg_1"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {**signed(), "webhook-signature": ""},
        {**signed(), "webhook-id": ""},
        {**signed(), "webhook-id": "msg_2"},
        {**signed(), "webhook-timestamp": ""},
        {**signed(), "webhook-timestamp": "soon"},
        {**signed(), "webhook-timestamp": "١٧٦٧٦٠٣٦٠٠"},
        {**signed(), "webhook-timestamp": AT + "1"},
        {**signed(), "webhook-signature": signed()["webhook-signature"].removeprefix("v1,")},
        {**signed(), "webhook-signature": signed()["webhook-signature"].replace("v1,", "v0,")},
        {**signed(), "webhook-signature": signed()["webhook-signature"][:-2] + "A="},
        {**signed(), "webhook-signature": " ".join(["v1,x"] * 40 + [signed()["webhook-signature"]])},
        signed(key=b"another key entirely, 32 bytes..."),
        signed(body=b'{"amount": 99}'),
        signed(at=str(int(AT) - 301)),
        signed(at=str(int(AT) + 301)),
        {"x-hub-signature-256": "sha256=" + hmac.new(KEY, BODY, hashlib.sha256).hexdigest()},
    ],
)
def test_a_forged_altered_or_stale_request_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated):
        judge("signature", headers)


def test_the_window_is_what_the_trigger_says() -> None:
    with pytest.raises(Unauthenticated):
        judge("signature", signed(at=str(int(AT) - 61)), tolerance=60.0)


@pytest.mark.parametrize(
    "header", [{"authorization": "Bearer s3cret"}, {"authorization": "bearer s3cret"}, {"x-token": "s3cret"}]
)
def test_a_token_is_shown_in_one_of_two_headers(header: dict[str, str]) -> None:
    assert judge("token", header, secret="s3cret") is None


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"authorization": "s3cret"},
        {"authorization": "Basic s3cret"},
        {"authorization": "Bearer s3cre"},
        {"authorization": "Bearer s3cret2"},
        {"authorization": "Bearer ſ3cret"},
        {"x-token": ""},
    ],
)
def test_another_token_is_refused(header: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated):
        judge("token", header, secret="s3cret")


def basic(text: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(text.encode()).decode()}


def test_user_and_password_are_both_asked_for() -> None:
    assert judge("basic", basic("shop:pass:word"), secret="pass:word", user="shop") is None
    for wrong in ("shop:password", "shop2:pass:word", "shop", ":", ""):
        with pytest.raises(Unauthenticated):
            judge("basic", basic(wrong), secret="pass:word", user="shop")
    with pytest.raises(Unauthenticated):
        judge("basic", {"authorization": "Basic %%%"}, secret="pass:word", user="shop")


def test_the_signature_of_github_is_over_the_body() -> None:
    right = "sha256=" + hmac.new(b"key", BODY, hashlib.sha256).hexdigest()

    assert judge("github", {"x-hub-signature-256": right}, secret="key") is None
    for headers in ({}, {"x-hub-signature-256": right[7:]}, {"x-hub-signature": right.replace("256", "1")}):
        with pytest.raises(Unauthenticated):
            judge("github", headers, secret="key")
    with pytest.raises(Unauthenticated):
        judge("github", {"x-hub-signature-256": right}, secret="key", raw=BODY + b" ")


@pytest.mark.parametrize("kind", ["token", "basic", "signature", "github"])
@pytest.mark.parametrize("secret", [None, ""])
def test_without_a_secret_nobody_is_let_in(kind: str, secret: str | None) -> None:
    """An empty secret is one that everybody knows."""
    headers = {**signed(key=b""), "x-token": "", **basic(":")}

    with pytest.raises(Unauthenticated):
        judge(kind, headers, secret=secret, user="")


def test_every_refusal_reads_the_same() -> None:
    """So that nobody learns how far they came."""
    said: set[str] = set()
    for headers in ({}, signed(body=b"x"), signed(at="1"), {**signed(), "webhook-id": ""}):
        with pytest.raises(Unauthenticated) as refused:
            judge("signature", headers)
        said.add(str(refused.value))

    assert len(said) == 1


def test_the_recipe_of_the_documentation_makes_a_signature_that_counts() -> None:
    page = ROOT / "docs" / "how-to" / "webhooks-and-forms.md"
    (recipe,) = [fence for fence in fences_of(page, "python") if "webhook-signature" in fence.text]
    made: dict[str, Any] = {}
    exec(compile(recipe.text, str(recipe), "exec"), made)
    now = datetime.fromtimestamp(int(made["at"]), UTC)

    found = require_sender({"auth": "signature"}, made["secret"], headers=made["headers"], raw=made["body"], now=now)

    assert found == made["name"]
    assert made["secret"] in page.read_text().split("```python")[0]


@pytest.mark.parametrize(
    ("kind", "headers", "secret", "reason"),
    [
        ("signature", signed(), None, "secret_not_set"),
        ("token", {"x-token": "other"}, "right", "wrong_or_missing"),
        ("signature", {}, SECRET, "no_signature_headers"),
        ("signature", signed(), SECRET.removeprefix("whsec_"), "secret_lacks_whsec"),
        ("signature", signed(b"other"), SECRET, "wrong_signature"),
        ("signature", signed(at="1000"), SECRET, "too_old_or_clock_wrong"),
        ("github", {}, SECRET, "wrong_signature"),
    ],
)
def test_whoever_runs_the_server_can_learn_why(
    kind: str, headers: dict[str, str], secret: str | None, reason: str
) -> None:
    """The sender hears one and the same of all of them."""
    with pytest.raises(Refused) as refused:
        judge(kind, headers, secret=secret)

    assert (refused.value.reason, dict(refused.value.attributes)) == (reason, {})
    assert reason in REASONS
    assert reason not in str(refused.value)
