-- A version decides by a policy; its payoffs may be formulas.
CREATE TABLE model_versions_new (
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
    payoff JSON NOT NULL,
    policy JSON NOT NULL,
    state VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    created_by VARCHAR NOT NULL,
    created_by_name VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
INSERT INTO model_versions_new
SELECT id, model_id, project_id, number, run_id, run_number, dataset_version_id, package_sha256, impact_report_id, value_model_id, threshold,
    currency,
    json_object('kind', 'binary', 'tp', CAST(tp AS VARCHAR), 'fp', CAST(fp AS VARCHAR), 'fn', CAST(fn AS VARCHAR), 'tn', CAST(tn AS VARCHAR)),
    json_object('kind', 'threshold', 'cut', threshold),
    state, origin, note, created_by, created_by_name, created_at
FROM model_versions;
DROP TABLE model_versions;
ALTER TABLE model_versions_new RENAME TO model_versions;
CREATE UNIQUE INDEX model_versions_by_number ON model_versions (model_id, number);
