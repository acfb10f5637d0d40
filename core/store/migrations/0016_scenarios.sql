-- Scenarios of a project: changed assumptions under a name; overrides are [{assumption, value, relative}], values as text.
CREATE TABLE scenarios (
    id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    overrides JSON NOT NULL,
    updated_by VARCHAR NOT NULL,
    updated_by_name VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX scenarios_project ON scenarios (project_id);
