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

CREATE TABLE deployments (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    workflow TEXT NOT NULL,
    version TEXT,
    mode TEXT NOT NULL,
    status TEXT NOT NULL,
    "trigger" TEXT NOT NULL,
    params TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_fired_at BIGINT,
    PRIMARY KEY (id)
);

CREATE TABLE journal (
    run_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    node TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    kind SMALLINT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run_id, scope, node, sequence)
)
 WITHOUT ROWID;

CREATE TABLE payloads (
    run_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    codec TEXT NOT NULL,
    size BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (run_id, digest)
);

CREATE TABLE run_logs (
    id INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    path TEXT NOT NULL,
    level TEXT NOT NULL,
    message TEXT NOT NULL,
    data TEXT NOT NULL,
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
    PRIMARY KEY (id)
);

CREATE INDEX runs_by_deployment ON runs (deployment, status, id) WHERE deployment IS NOT NULL;

CREATE INDEX runs_by_status ON runs (status, id);

CREATE INDEX runs_by_workflow ON runs (workflow, id);

CREATE INDEX runs_due ON runs (wake_at) WHERE status = 'suspended';

CREATE INDEX runs_expiring ON runs (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE state (
    owner TEXT NOT NULL,
    "key" TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner, "key")
);

CREATE TABLE versions (
    workflow TEXT NOT NULL,
    version TEXT NOT NULL,
    form TEXT NOT NULL,
    document TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workflow, version)
);

CREATE INDEX versions_by_time ON versions (workflow, created_at);

CREATE TABLE workers (
    id TEXT NOT NULL,
    host TEXT NOT NULL,
    pid BIGINT NOT NULL,
    process_start TEXT,
    heartbeat_at BIGINT NOT NULL,
    PRIMARY KEY (id)
);
