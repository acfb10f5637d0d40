-- A name under which a model answers. Only the portal changes it; gateways read the manifest that is made of it.
CREATE TABLE deployments (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    model_id VARCHAR NOT NULL,
    model_name VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    generation INTEGER NOT NULL,
    champion_id VARCHAR,
    champion_number INTEGER,
    canary_id VARCHAR,
    canary_number INTEGER,
    canary_share DOUBLE NOT NULL,
    entity_column VARCHAR,
    flush_ms INTEGER,
    created_by VARCHAR NOT NULL,
    created_by_name VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX deployments_name ON deployments (name);

-- Who did what and why; nothing here ever changes.
CREATE TABLE deployment_moves (
    id VARCHAR PRIMARY KEY,
    deployment_id VARCHAR NOT NULL,
    generation INTEGER NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    actor_id VARCHAR NOT NULL,
    actor_name VARCHAR NOT NULL,
    via VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    version_id VARCHAR,
    version_number INTEGER,
    from_number INTEGER,
    share DOUBLE,
    reason VARCHAR NOT NULL
);

CREATE TABLE deployment_keys (
    id VARCHAR PRIMARY KEY,
    deployment_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    hint VARCHAR NOT NULL,
    key_hash VARCHAR NOT NULL,
    created_by_name VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);
