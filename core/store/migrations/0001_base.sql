CREATE TABLE audit_events (
    seq BIGINT PRIMARY KEY,
    id VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    actor_id VARCHAR NOT NULL,
    actor_name VARCHAR NOT NULL,
    via VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    target_kind VARCHAR NOT NULL,
    target_id VARCHAR NOT NULL,
    project_id VARCHAR,
    details JSON NOT NULL,
    prev_hash VARCHAR NOT NULL,
    hash VARCHAR NOT NULL
);

CREATE TABLE lineage_edges (
    id VARCHAR PRIMARY KEY,
    occurred_at TIMESTAMPTZ NOT NULL,
    source_kind VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    target_kind VARCHAR NOT NULL,
    target_id VARCHAR NOT NULL,
    relation VARCHAR NOT NULL,
    details JSON NOT NULL
);

CREATE TABLE idempotency_keys (
    key VARCHAR NOT NULL,
    actor_id VARCHAR NOT NULL,
    route VARCHAR NOT NULL,
    request_hash VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (key, actor_id, route)
);
