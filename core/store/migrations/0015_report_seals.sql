-- The signature over each frozen impact report, and every file that was made of one. `file_hash` names no artifact: files aren't kept.
CREATE TABLE impact_report_seals (
    report_id VARCHAR PRIMARY KEY,
    statement VARCHAR NOT NULL,
    signature VARCHAR NOT NULL,
    key_fingerprint VARCHAR NOT NULL,
    signed_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE impact_report_exports (
    id VARCHAR PRIMARY KEY,
    report_id VARCHAR NOT NULL,
    format VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    file_hash VARCHAR NOT NULL,
    exported_by VARCHAR NOT NULL,
    exported_by_name VARCHAR NOT NULL,
    exported_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX impact_report_exports_file ON impact_report_exports (file_hash);
