-- Segments of the spool that are taken in: the primary key makes "exactly once" true.
CREATE TABLE ingested_segments (
    segment VARCHAR PRIMARY KEY,
    gateway VARCHAR NOT NULL,
    ingested_at TIMESTAMPTZ NOT NULL,
    predictions BIGINT NOT NULL,
    feedback BIGINT NOT NULL,
    bad_lines BIGINT NOT NULL
);

-- Which Parquet files count; a file that is not listed here does not exist for any reader.
CREATE TABLE prediction_files (
    path VARCHAR PRIMARY KEY,
    kind VARCHAR NOT NULL,
    deployment_id VARCHAR NOT NULL,
    day DATE NOT NULL,
    row_count BIGINT NOT NULL,
    min_id VARCHAR NOT NULL,
    max_id VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE prediction_hours (
    deployment_id VARCHAR NOT NULL,
    model_version_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    arm VARCHAR NOT NULL,
    hour TIMESTAMPTZ NOT NULL,
    replayed BOOLEAN NOT NULL,
    n BIGINT NOT NULL,
    treated BIGINT NOT NULL,
    score_sum DOUBLE NOT NULL,
    score_counts BIGINT[] NOT NULL,
    latency_counts BIGINT[] NOT NULL,
    latency_ms_sum DOUBLE NOT NULL,
    expected_sum DECIMAL(24, 4) NOT NULL,
    gain_sum DECIMAL(24, 4) NOT NULL,
    gain_var DOUBLE NOT NULL,
    currency VARCHAR NOT NULL,
    PRIMARY KEY (deployment_id, model_version_id, arm, hour, replayed)
);

CREATE TABLE feature_hours (
    deployment_id VARCHAR NOT NULL,
    model_version_id VARCHAR NOT NULL,
    arm VARCHAR NOT NULL,
    hour TIMESTAMPTZ NOT NULL,
    replayed BOOLEAN NOT NULL,
    feature VARCHAR NOT NULL,
    counts BIGINT[] NOT NULL,
    missing BIGINT NOT NULL,
    unseen BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (deployment_id, model_version_id, arm, hour, replayed, feature)
);

CREATE TABLE truth_hours (
    deployment_id VARCHAR NOT NULL,
    model_version_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    arm VARCHAR NOT NULL,
    hour TIMESTAMPTZ NOT NULL,
    replayed BOOLEAN NOT NULL,
    n BIGINT NOT NULL,
    tp BIGINT NOT NULL,
    fp BIGINT NOT NULL,
    fn BIGINT NOT NULL,
    tn BIGINT NOT NULL,
    score_sum DOUBLE NOT NULL,
    positive_counts BIGINT[] NOT NULL,
    negative_counts BIGINT[] NOT NULL,
    value_sum DECIMAL(24, 4) NOT NULL,
    value_squares DOUBLE NOT NULL,
    gain_sum DECIMAL(24, 4) NOT NULL,
    gain_var DOUBLE NOT NULL,
    delay_s_sum DOUBLE NOT NULL,
    currency VARCHAR NOT NULL,
    value_model_id VARCHAR NOT NULL,
    PRIMARY KEY (deployment_id, model_version_id, arm, hour, replayed)
);

-- Truth whose prediction is not known yet; tried again whenever predictions come in.
CREATE TABLE pending_truths (
    prediction_id VARCHAR PRIMARY KEY,
    deployment VARCHAR NOT NULL,
    feedback_id VARCHAR NOT NULL,
    truth INTEGER NOT NULL,
    fed_back_at TIMESTAMPTZ NOT NULL,
    replayed BOOLEAN NOT NULL,
    received_at TIMESTAMPTZ NOT NULL
);

-- Feedback that contradicts what was said first: the first stays, the contradiction is kept here.
CREATE TABLE truth_corrections (
    feedback_id VARCHAR PRIMARY KEY,
    prediction_id VARCHAR NOT NULL,
    deployment VARCHAR NOT NULL,
    first_truth INTEGER NOT NULL,
    later_truth INTEGER NOT NULL,
    fed_back_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE monitors (
    deployment_id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL,
    config JSON NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by VARCHAR NOT NULL
);

CREATE TABLE monitor_checks (
    id VARCHAR PRIMARY KEY,
    deployment_id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    model_version_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    ran_at TIMESTAMPTZ NOT NULL,
    ran_by VARCHAR NOT NULL,
    from_at TIMESTAMPTZ NOT NULL,
    to_at TIMESTAMPTZ NOT NULL,
    verdict VARCHAR NOT NULL,
    parts JSON NOT NULL
);

CREATE TABLE alerts (
    id VARCHAR PRIMARY KEY,
    deployment_id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    reasons JSON NOT NULL,
    check_id VARCHAR NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    handled_by VARCHAR NOT NULL,
    handled_at TIMESTAMPTZ,
    resolved_at TIMESTAMPTZ,
    note VARCHAR NOT NULL
);
