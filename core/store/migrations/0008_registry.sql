CREATE TABLE models (
    id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    created_by VARCHAR NOT NULL,
    created_by_name VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX models_name ON models (project_id, name);

-- Only the state of a version ever changes.
CREATE TABLE model_versions (
    id VARCHAR PRIMARY KEY,
    model_id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    run_id VARCHAR NOT NULL,
    run_number INTEGER NOT NULL,
    dataset_version_id VARCHAR NOT NULL,
    package_sha256 VARCHAR NOT NULL,
    impact_report_id VARCHAR NOT NULL,
    value_model_id VARCHAR NOT NULL,
    threshold DOUBLE NOT NULL,
    currency VARCHAR NOT NULL,
    tp DECIMAL(18, 2) NOT NULL,
    fp DECIMAL(18, 2) NOT NULL,
    fn DECIMAL(18, 2) NOT NULL,
    tn DECIMAL(18, 2) NOT NULL,
    state VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    created_by VARCHAR NOT NULL,
    created_by_name VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX model_versions_number ON model_versions (model_id, number);

-- The evidence is a frozen JSON artifact named by evidence_sha256; it never changes with the row.
CREATE TABLE approvals (
    id VARCHAR PRIMARY KEY,
    model_version_id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    requested_by VARCHAR NOT NULL,
    requested_by_name VARCHAR NOT NULL,
    barred JSON NOT NULL,
    requested_at TIMESTAMPTZ NOT NULL,
    evidence_sha256 VARCHAR NOT NULL,
    champion_number INTEGER,
    stake DECIMAL(38, 2) NOT NULL,
    stake_low DECIMAL(38, 2) NOT NULL,
    stake_high DECIMAL(38, 2) NOT NULL,
    currency VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    checks_passed INTEGER NOT NULL,
    checks_judged INTEGER NOT NULL,
    worst_check VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL,
    decided_by_name VARCHAR NOT NULL,
    decided_at TIMESTAMPTZ,
    reason VARCHAR NOT NULL,
    certificate VARCHAR,
    signature VARCHAR
);
