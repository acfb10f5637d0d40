-- Frozen impact reports; the report itself is a JSON artifact named by sha256.
-- Amounts are wider than money elsewhere: payoffs and cases per period may both reach 10^12.
CREATE TABLE impact_reports (
    id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    value_model_id VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    threshold DOUBLE NOT NULL,
    currency VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    value DECIMAL(38, 2) NOT NULL,
    value_low DECIMAL(38, 2) NOT NULL,
    value_high DECIMAL(38, 2) NOT NULL,
    reference VARCHAR NOT NULL,
    gain DECIMAL(38, 2) NOT NULL,
    gain_low DECIMAL(38, 2) NOT NULL,
    gain_high DECIMAL(38, 2) NOT NULL,
    verdict VARCHAR NOT NULL,
    created_by VARCHAR NOT NULL,
    created_by_name VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX impact_reports_project ON impact_reports (project_id);
