CREATE TABLE projects (
    id VARCHAR PRIMARY KEY,
    slug VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    question VARCHAR NOT NULL,
    task VARCHAR NOT NULL,
    nouns JSON NOT NULL,
    owner_id VARCHAR NOT NULL,
    owner_name VARCHAR NOT NULL,
    is_sample BOOLEAN NOT NULL,
    phase VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    archived_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX projects_slug ON projects (slug);

CREATE TABLE project_phases (
    id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL,
    phase VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    actor_name VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);

CREATE TABLE value_models (
    id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    currency VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    cases_per_period BIGINT NOT NULL,
    tp DECIMAL(18, 2) NOT NULL,
    fp DECIMAL(18, 2) NOT NULL,
    fn DECIMAL(18, 2) NOT NULL,
    tn DECIMAL(18, 2) NOT NULL,
    rule JSON,
    note VARCHAR NOT NULL,
    created_by VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX value_models_version ON value_models (project_id, version);
