CREATE TABLE api_keys (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    used_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (id),
    UNIQUE (digest)
);

CREATE INDEX api_keys_by_user ON api_keys (user_id);

CREATE TABLE audit (
    id INTEGER NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT,
    name TEXT NOT NULL,
    via TEXT NOT NULL,
    address TEXT,
    action TEXT NOT NULL,
    subject TEXT,
    outcome TEXT NOT NULL,
    details TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX audit_by_actor ON audit (actor, id);

CREATE INDEX audit_by_subject ON audit (subject, id);

CREATE TABLE backtest_parts (
    backtest TEXT NOT NULL,
    name TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (backtest, name)
);

CREATE TABLE backtests (
    id TEXT NOT NULL,
    workflow TEXT NOT NULL,
    version TEXT,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    progress DOUBLE NOT NULL,
    request TEXT NOT NULL,
    digest TEXT NOT NULL,
    summary TEXT NOT NULL,
    error TEXT,
    variants INTEGER NOT NULL,
    worker TEXT,
    account TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    PRIMARY KEY (id)
);

CREATE INDEX backtests_by_workflow ON backtests (workflow, id);

CREATE INDEX backtests_unfinished ON backtests (worker) WHERE finished_at IS NULL;

CREATE TABLE cache (
    "key" TEXT NOT NULL,
    outputs TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY ("key")
);

CREATE INDEX cache_expiring ON cache (expires_at);

CREATE TABLE claims (
    owner TEXT NOT NULL,
    "key" TEXT NOT NULL,
    token TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (owner, "key")
);

CREATE TABLE credentials (
    profile TEXT NOT NULL,
    field TEXT NOT NULL,
    key_id TEXT NOT NULL,
    sealed BLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT,
    PRIMARY KEY (profile, field)
);

CREATE TABLE deployments (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    workflow TEXT NOT NULL,
    version TEXT,
    mode TEXT NOT NULL,
    status TEXT NOT NULL,
    input TEXT NOT NULL,
    params TEXT NOT NULL,
    profiles TEXT NOT NULL,
    limits TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    account TEXT,
    PRIMARY KEY (id)
);

CREATE TABLE drafts (
    workflow TEXT NOT NULL,
    revision INTEGER NOT NULL,
    form TEXT NOT NULL,
    document TEXT NOT NULL,
    base_version TEXT,
    updated_at BIGINT NOT NULL,
    about TEXT,
    PRIMARY KEY (workflow)
);

CREATE TABLE editing (
    workflow TEXT NOT NULL,
    window TEXT NOT NULL,
    user_id TEXT,
    name TEXT NOT NULL,
    since BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (workflow)
);

CREATE TABLE events (
    id TEXT NOT NULL,
    topic TEXT NOT NULL,
    payload TEXT NOT NULL,
    at BIGINT NOT NULL,
    delivered_at BIGINT,
    PRIMARY KEY (id)
);

CREATE INDEX events_undelivered ON events (at) WHERE delivered_at IS NULL;

CREATE TABLE feed (
    serial INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    status TEXT,
    PRIMARY KEY (serial)
);

CREATE INDEX feed_by_run ON feed (run_id, serial);

CREATE TABLE idempotency (
    actor TEXT NOT NULL,
    "key" TEXT NOT NULL,
    request TEXT NOT NULL,
    status INTEGER,
    headers TEXT,
    body BLOB,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (actor, "key")
);

CREATE INDEX idempotency_expiring ON idempotency (expires_at);

CREATE TABLE journal (
    run_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    node TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    kind SMALLINT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    serial BIGINT,
    PRIMARY KEY (run_id, scope, node, sequence)
)
 WITHOUT ROWID;

CREATE TABLE limits (
    "key" TEXT NOT NULL,
    free_at BIGINT NOT NULL,
    PRIMARY KEY ("key")
);

CREATE TABLE members (
    team_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (team_id, user_id)
);

CREATE INDEX members_by_user ON members (user_id);

CREATE TABLE metrics (
    deployment TEXT NOT NULL,
    name TEXT NOT NULL,
    value DOUBLE NOT NULL,
    PRIMARY KEY (deployment, name)
);

CREATE TABLE payloads (
    run_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    codec TEXT NOT NULL,
    size BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (run_id, digest)
);

CREATE TABLE profiles (
    name TEXT NOT NULL,
    provider TEXT,
    owner TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (name)
);

CREATE TABLE records (
    serial INTEGER NOT NULL,
    kind TEXT NOT NULL,
    "key" TEXT NOT NULL,
    test TEXT NOT NULL,
    owner TEXT NOT NULL,
    "group" TEXT NOT NULL,
    value TEXT NOT NULL,
    is_open BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (serial)
);

CREATE INDEX records_by_group ON records ("group", kind, serial);

CREATE UNIQUE INDEX records_by_key ON records (kind, "key", test);

CREATE INDEX records_by_owner ON records (owner, kind, serial);

CREATE INDEX records_by_test ON records (test) WHERE test <> '';

CREATE INDEX records_open ON records (kind, serial) WHERE is_open;

CREATE TABLE releases (
    workflow TEXT NOT NULL,
    at BIGINT NOT NULL,
    version TEXT NOT NULL,
    kind TEXT NOT NULL,
    note TEXT,
    author TEXT,
    PRIMARY KEY (workflow, at)
);

CREATE TABLE run_logs (
    id INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    path TEXT NOT NULL,
    level TEXT NOT NULL,
    message TEXT NOT NULL,
    data TEXT NOT NULL,
    serial BIGINT,
    PRIMARY KEY (id)
);

CREATE INDEX run_logs_by_run ON run_logs (run_id, id);

CREATE TABLE runs (
    id TEXT NOT NULL,
    workflow TEXT NOT NULL,
    version TEXT NOT NULL,
    status TEXT NOT NULL,
    mode TEXT NOT NULL,
    input TEXT NOT NULL,
    "trigger" TEXT,
    fired TEXT,
    deployment TEXT,
    params TEXT NOT NULL,
    save TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    worker TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    wake_at BIGINT,
    output TEXT,
    error TEXT,
    cancel_requested BOOLEAN NOT NULL,
    retention BIGINT,
    expires_at BIGINT,
    parent TEXT,
    origin TEXT,
    lane TEXT,
    due_at BIGINT,
    counters TEXT,
    nudged INTEGER NOT NULL,
    dismissed_at BIGINT,
    PRIMARY KEY (id)
);

CREATE INDEX runs_by_deployment ON runs (deployment, status, id, workflow, mode) WHERE deployment IS NOT NULL;

CREATE INDEX runs_by_lane ON runs (lane, status, created_at, id) WHERE lane IS NOT NULL;

CREATE INDEX runs_by_mode ON runs (mode, id) WHERE mode <> 'live';

CREATE INDEX runs_by_parent ON runs (parent, id) WHERE parent IS NOT NULL;

CREATE INDEX runs_by_status ON runs (status, id);

CREATE INDEX runs_by_workflow ON runs (workflow, status, id, mode);

CREATE INDEX runs_due ON runs (wake_at) WHERE wake_at IS NOT NULL;

CREATE INDEX runs_expiring ON runs (expires_at) WHERE expires_at IS NOT NULL;

CREATE INDEX runs_nudged ON runs (worker) WHERE nudged > 0;

CREATE TABLE sessions (
    digest TEXT NOT NULL,
    user_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    agent TEXT,
    PRIMARY KEY (digest)
);

CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE shares (
    workflow TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    level TEXT NOT NULL,
    PRIMARY KEY (workflow, kind, subject)
);

CREATE INDEX shares_by_subject ON shares (kind, subject);

CREATE TABLE sign_in_links (
    digest TEXT NOT NULL,
    user_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (digest)
);

CREATE TABLE signals (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    "key" TEXT NOT NULL,
    run_id TEXT,
    payload TEXT NOT NULL,
    at BIGINT NOT NULL,
    taken_by TEXT,
    taker TEXT,
    sender TEXT,
    PRIMARY KEY (id)
);

CREATE INDEX signals_by_run ON signals (run_id) WHERE run_id IS NOT NULL;

CREATE INDEX signals_by_taker ON signals (taker) WHERE taken_by IS NOT NULL;

CREATE INDEX signals_taken ON signals (taken_by) WHERE taken_by IS NOT NULL;

CREATE INDEX signals_untaken ON signals (name, "key", run_id, at) WHERE taken_by IS NULL;

CREATE TABLE slots (
    "key" TEXT NOT NULL,
    token TEXT NOT NULL,
    at BIGINT NOT NULL,
    used BOOLEAN NOT NULL,
    PRIMARY KEY ("key", token)
);

CREATE INDEX slots_by_time ON slots ("key", used, at);

CREATE TABLE state (
    owner TEXT NOT NULL,
    "key" TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner, "key")
);

CREATE TABLE tasks (
    id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    path TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    content TEXT NOT NULL,
    answer TEXT,
    created_at BIGINT NOT NULL,
    deadline_at BIGINT,
    answered_at BIGINT,
    PRIMARY KEY (id)
);

CREATE INDEX tasks_by_run ON tasks (run_id);

CREATE INDEX tasks_by_status ON tasks (status, created_at);

CREATE TABLE teams (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
);

CREATE TABLE template_reviews (
    template TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    rating INTEGER NOT NULL,
    comment TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (template, user_id)
);

CREATE TABLE template_uses (
    workflow TEXT NOT NULL,
    template TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (workflow)
);

CREATE INDEX template_uses_by_template ON template_uses (template, at);

CREATE TABLE templates (
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    owner TEXT,
    author TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (name)
);

CREATE TABLE triggers (
    deployment TEXT NOT NULL,
    id TEXT NOT NULL,
    node TEXT,
    type TEXT NOT NULL,
    config TEXT NOT NULL,
    topic TEXT,
    status TEXT NOT NULL,
    armed_at BIGINT NOT NULL,
    last_fired_at BIGINT,
    PRIMARY KEY (deployment, id)
);

CREATE INDEX triggers_by_topic ON triggers (topic) WHERE topic IS NOT NULL;

CREATE TABLE users (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password TEXT,
    quotas TEXT,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    PRIMARY KEY (id),
    UNIQUE (name)
);

CREATE TABLE versions (
    workflow TEXT NOT NULL,
    version TEXT NOT NULL,
    number INTEGER NOT NULL,
    form TEXT NOT NULL,
    document TEXT NOT NULL,
    note TEXT,
    author TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workflow, version)
);

CREATE UNIQUE INDEX versions_by_number ON versions (workflow, number);

CREATE INDEX versions_by_time ON versions (workflow, created_at);

CREATE TABLE waits (
    token TEXT NOT NULL,
    name TEXT NOT NULL,
    "key" TEXT NOT NULL,
    run_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (token, name)
);

CREATE INDEX waits_by_name ON waits (name, "key", at);

CREATE INDEX waits_by_run ON waits (run_id);

CREATE TABLE workers (
    id TEXT NOT NULL,
    host TEXT NOT NULL,
    pid BIGINT NOT NULL,
    process_start TEXT,
    heartbeat_at BIGINT NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE workflows (
    name TEXT NOT NULL,
    owner TEXT,
    tags TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (name)
);

CREATE INDEX workflows_by_owner ON workflows (owner);
