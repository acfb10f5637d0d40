CREATE TABLE retraining_policies (
    deployment_id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL,
    enabled BOOLEAN NOT NULL,
    on_drift BOOLEAN NOT NULL,
    on_lost_value BOOLEAN NOT NULL,
    cron VARCHAR NOT NULL,
    cooldown_hours DOUBLE NOT NULL,
    min_new_labelled BIGINT NOT NULL,
    max_training_rows BIGINT NOT NULL,
    auto_request BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by VARCHAR NOT NULL,
    updated_by_name VARCHAR NOT NULL
);

-- The newest answer of each policy; older ones that led to something are attempts.
CREATE TABLE retraining_evaluations (
    deployment_id VARCHAR PRIMARY KEY,
    evaluated_at TIMESTAMPTZ NOT NULL,
    trigger VARCHAR NOT NULL,
    attempt_id VARCHAR NOT NULL,
    new_labelled BIGINT NOT NULL,
    reason JSON NOT NULL
);

CREATE TABLE retraining_attempts (
    id VARCHAR PRIMARY KEY,
    deployment_id VARCHAR NOT NULL,
    deployment_name VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    trigger VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    cause JSON NOT NULL,
    started_by VARCHAR NOT NULL,
    started_by_name VARCHAR NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    champion_version_id VARCHAR NOT NULL,
    champion_number INTEGER NOT NULL,
    dataset_version_id VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    held_out_sha256 VARCHAR NOT NULL,
    rows_original BIGINT NOT NULL,
    rows_added BIGINT NOT NULL,
    rows_held_out BIGINT NOT NULL,
    held_from TIMESTAMPTZ,
    seen_until TIMESTAMPTZ,
    job_id VARCHAR NOT NULL,
    comparison JSON,
    model_version_id VARCHAR NOT NULL,
    approval_id VARCHAR NOT NULL,
    outcome JSON
);
