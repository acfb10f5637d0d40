-- Proposed value models: whoever may read value proposes, somebody who edits the project takes over or declines.
CREATE TABLE value_proposals (
    id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    cases_per_period BIGINT NOT NULL,
    payoff JSON NOT NULL,
    limits JSON,
    economics JSON,
    rule JSON,
    note VARCHAR NOT NULL,
    currency_change BOOLEAN NOT NULL,
    seen_id VARCHAR,
    seen_version INTEGER,
    proposed_by VARCHAR NOT NULL,
    proposed_by_name VARCHAR NOT NULL,
    proposed_at TIMESTAMPTZ NOT NULL,
    state VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL,
    decided_by_name VARCHAR NOT NULL,
    decided_at TIMESTAMPTZ,
    reason VARCHAR NOT NULL,
    value_model_id VARCHAR,
    value_model_version INTEGER
);
CREATE INDEX value_proposals_project ON value_proposals (project_id);
ALTER TABLE value_models ADD COLUMN proposed_by VARCHAR;
