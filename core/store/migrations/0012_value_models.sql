-- Payoffs became amounts or formulas, tables of classes, or costs of deviations; limits and costs came beside them.
CREATE TABLE value_models_new (
    id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    currency VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    cases_per_period BIGINT NOT NULL,
    payoff JSON NOT NULL,
    limits JSON,
    economics JSON,
    rule JSON,
    note VARCHAR NOT NULL,
    created_by VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
INSERT INTO value_models_new
SELECT id, project_id, version, currency, period, cases_per_period,
    json_object('kind', 'binary', 'tp', CAST(tp AS VARCHAR), 'fp', CAST(fp AS VARCHAR), 'fn', CAST(fn AS VARCHAR), 'tn', CAST(tn AS VARCHAR)),
    NULL, NULL, rule, note, created_by, created_at
FROM value_models;
DROP TABLE value_models;
ALTER TABLE value_models_new RENAME TO value_models;
CREATE UNIQUE INDEX value_models_by_version ON value_models (project_id, version);
