CREATE TABLE jobs (
    id VARCHAR PRIMARY KEY,
    kind VARCHAR NOT NULL,
    subject_kind VARCHAR NOT NULL,
    subject_id VARCHAR NOT NULL,
    project_id VARCHAR,
    state VARCHAR NOT NULL,
    spec JSON NOT NULL,
    time_limit_s INTEGER NOT NULL,
    memory_mb INTEGER NOT NULL,
    requested_by VARCHAR NOT NULL,
    requested_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    events_offset BIGINT NOT NULL DEFAULT 0,
    result JSON NOT NULL,
    error JSON NOT NULL
);

CREATE TABLE schedules (
    id VARCHAR PRIMARY KEY,
    kind VARCHAR NOT NULL,
    subject_kind VARCHAR NOT NULL,
    subject_id VARCHAR NOT NULL,
    project_id VARCHAR,
    cron VARCHAR NOT NULL,
    enabled BOOLEAN NOT NULL,
    created_by VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_started_at TIMESTAMPTZ,
    last_ended_at TIMESTAMPTZ,
    last_outcome VARCHAR NOT NULL DEFAULT '',
    last_note VARCHAR NOT NULL DEFAULT '',
    UNIQUE (kind, subject_id)
);
