"""The tables of the service: who may do what, credentials under seal, the audit log, requests that were answered."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text

from treadle.store.columns import Micros, Serial, key, metadata, required, time

# Who may do what. Tokens, keys and links are kept as SHA-256 digests, passwords as argon2 hashes.

users = Table(
    "users",
    metadata,
    key("id"),
    Column("name", Text, nullable=False, unique=True, comment="what they sign in with: a word or an e-mail address"),
    required("role"),
    Column("password", Text, comment="argon2; null: signs in by link only"),
    Column("quotas", Text, comment="JSON; null: those of the installation"),
    time("created_at"),
    Column("disabled_at", Micros),
)

sessions = Table(
    "sessions",
    metadata,
    key("digest"),
    required("user_id"),
    time("created_at"),
    time("seen_at"),
    time("expires_at"),
    Column("agent", Text, comment="the browser, as it named itself"),
)
Index("sessions_by_user", sessions.c.user_id)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    key("digest"),
    required("user_id"),
    time("expires_at"),
)

api_keys = Table(
    "api_keys",
    metadata,
    key("id"),
    required("user_id"),
    required("name"),
    Column("digest", Text, nullable=False, unique=True),
    required("scopes"),
    time("created_at"),
    Column("expires_at", Micros),
    Column("used_at", Micros),
    Column("revoked_at", Micros),
)
Index("api_keys_by_user", api_keys.c.user_id)

teams = Table(
    "teams",
    metadata,
    key("id"),
    Column("name", Text, nullable=False, unique=True),
    time("created_at"),
)

members = Table(
    "members",
    metadata,
    key("team_id"),
    key("user_id"),
)
Index("members_by_user", members.c.user_id)

workflows = Table(
    "workflows",
    metadata,
    key("name"),
    Column("owner", Text, comment="a user; null: everybody's, as far as their role goes"),
    required("tags"),
    time("created_at"),
    Column("deleted_at", Micros, comment="put into the bin; its versions and runs stay"),
)
Index("workflows_by_owner", workflows.c.owner)

shares = Table(
    "shares",
    metadata,
    key("workflow"),
    key("kind", comment="user, team or everybody"),
    key("subject", comment="the id of the user or team, or empty"),
    required("level"),
)
Index("shares_by_subject", shares.c.kind, shares.c.subject)

# Credentials. `sealed` is AES-GCM under a key that is not in the database; see `treadle.service.vault`.

profiles = Table(
    "profiles",
    metadata,
    key("name", comment="empty: the secrets of every run"),
    Column("provider", Text, comment="what the fields are for: `http`, `smtp`, an exchange"),
    Column("owner", Text, comment="a user; null: whoever may use credentials"),
    time("created_at"),
)

credentials = Table(
    "credentials",
    metadata,
    key("profile"),
    key("field"),
    Column("key_id", Text, nullable=False, comment="which key sealed it"),
    Column("sealed", LargeBinary, nullable=False),
    time("updated_at"),
    Column("updated_by", Text),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=False, nullable=False, comment="1, 2, 3 … without a gap"),
    time("at"),
    Column("actor", Text, comment="the id of the user; null: somebody not signed in, or this machine"),
    required("name"),
    required("via"),
    Column("address", Text),
    required("action"),
    Column("subject", Text),
    required("outcome"),
    required("details"),
    Column("digest", Text, nullable=False, comment="SHA-256 over this row and the digest of the one before"),
)
Index("audit_by_actor", audit.c.actor, audit.c.id)
Index("audit_by_subject", audit.c.subject, audit.c.id)

idempotency = Table(
    "idempotency",
    metadata,
    key("actor"),
    key("key"),
    Column("request", Text, nullable=False, comment="SHA-256 of method, path and body"),
    Column("status", Integer, comment="null: under way"),
    Column("headers", Text),
    Column("body", LargeBinary),
    time("expires_at"),
)
Index("idempotency_expiring", idempotency.c.expires_at)
