CREATE TABLE runs (
    id VARCHAR PRIMARY KEY,
    number INTEGER NOT NULL,
    project_id VARCHAR NOT NULL,
    dataset_version_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    config JSON NOT NULL,
    task VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    job_id VARCHAR NOT NULL,
    value_model_id VARCHAR,
    created_by VARCHAR NOT NULL,
    created_by_name VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    error VARCHAR NOT NULL,
    package_sha256 VARCHAR,
    scores_sha256 VARCHAR,
    evaluation_sha256 VARCHAR,
    best_model VARCHAR,
    score DOUBLE,
    value DECIMAL(18, 2),
    currency VARCHAR,
    train_rows BIGINT,
    validation_rows BIGINT,
    test_rows BIGINT,
    models INTEGER,
    stopped_early BOOLEAN
);

CREATE TABLE run_models (
    run_id VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    family VARCHAR NOT NULL,
    score DOUBLE NOT NULL,
    fit_s DOUBLE NOT NULL,
    predict_ms DOUBLE NOT NULL,
    value DECIMAL(18, 2),
    threshold DOUBLE,
    finished_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (run_id, model)
);

-- No index: run ids rise with time, so rows of one run lie together, and a scan of one metric's column is what a search needs.
CREATE TABLE run_params (
    run_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);

CREATE TABLE run_metrics (
    run_id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    value DOUBLE NOT NULL,
    low DOUBLE,
    high DOUBLE,
    slice VARCHAR NOT NULL,
    row_count BIGINT
);
