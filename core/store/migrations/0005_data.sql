CREATE TABLE datasets (
    id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    created_by VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX datasets_name ON datasets (project_id, name);

CREATE TABLE dataset_versions (
    id VARCHAR PRIMARY KEY,
    dataset_id VARCHAR NOT NULL,
    project_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    profile_sha256 VARCHAR NOT NULL,
    row_count BIGINT NOT NULL,
    columns JSON NOT NULL,
    roles JSON,
    source VARCHAR NOT NULL,
    filename VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    warnings JSON NOT NULL,
    parent_id VARCHAR,
    created_by VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX dataset_versions_number ON dataset_versions (dataset_id, number);
