-- Value contracts: by which value model the decisions of a model version are valued, and who agreed on it.
CREATE TABLE value_contracts (
    id VARCHAR PRIMARY KEY,
    project_id VARCHAR NOT NULL,
    model_id VARCHAR NOT NULL,
    model_version_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    value_model_id VARCHAR NOT NULL,
    value_model_version INTEGER NOT NULL,
    report_id VARCHAR NOT NULL,
    approval_id VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    proposed_by VARCHAR NOT NULL,
    proposed_by_name VARCHAR NOT NULL,
    proposed_at TIMESTAMPTZ NOT NULL,
    terms VARCHAR NOT NULL,
    terms_sha256 VARCHAR NOT NULL,
    replaces_number INTEGER,
    in_force_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ
);

-- Who signed which terms; nothing here ever changes.
CREATE TABLE contract_signatures (
    contract_id VARCHAR NOT NULL,
    party VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    user_name VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    signed_at TIMESTAMPTZ NOT NULL,
    statement VARCHAR NOT NULL,
    signature VARCHAR NOT NULL,
    PRIMARY KEY (contract_id, party)
);

-- What was approved before is in force as it was approved; its certificate is its signature.
INSERT INTO value_contracts
SELECT a.id, v.project_id, v.model_id, v.id, row_number() OVER (PARTITION BY v.model_id ORDER BY a.decided_at, a.id), v.value_model_id,
    w.version, v.impact_report_id, a.id, 'in_force', a.note, a.requested_by, a.requested_by_name, a.requested_at, '', '', NULL, a.decided_at, NULL
FROM approvals a JOIN model_versions v ON v.id = a.model_version_id JOIN value_models w ON w.id = v.value_model_id
WHERE a.state = 'approved';

ALTER TABLE approvals ADD COLUMN kind VARCHAR DEFAULT 'version';

-- Money by contract and hour: of all decisions what they were expected to bring, of the labelled ones what they brought.
CREATE TABLE value_hours (
    deployment_id VARCHAR NOT NULL,
    model_version_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    contract_id VARCHAR NOT NULL,
    hour TIMESTAMPTZ NOT NULL,
    currency VARCHAR NOT NULL,
    n BIGINT NOT NULL,
    gain_sum DECIMAL(24, 4) NOT NULL,
    gain_var DOUBLE NOT NULL,
    labelled BIGINT NOT NULL,
    positives BIGINT NOT NULL,
    overridden BIGINT NOT NULL,
    value_sum DECIMAL(24, 4) NOT NULL,
    value_squares DOUBLE NOT NULL,
    decided_sum DECIMAL(24, 4) NOT NULL,
    known_gain_sum DECIMAL(24, 4) NOT NULL,
    known_gain_var DOUBLE NOT NULL,
    delay_s_sum DOUBLE NOT NULL,
    PRIMARY KEY (deployment_id, model_version_id, contract_id, hour)
);
INSERT INTO value_hours
SELECT p.deployment_id, p.model_version_id, any_value(p.version), coalesce(any_value(c.id), ''), p.hour, any_value(p.currency), sum(p.n),
    sum(p.gain), sum(p.var), sum(p.labelled), sum(p.positives), 0, sum(p.value), sum(p.squares), sum(p.value), sum(p.known_gain),
    sum(p.known_var), sum(p.delay)
FROM (
    SELECT deployment_id, model_version_id, version, hour, currency, n, gain_sum AS gain, gain_var AS var, 0 AS labelled, 0 AS positives,
        0 AS value, 0 AS squares, 0 AS known_gain, 0 AS known_var, 0 AS delay
    FROM prediction_hours
    UNION ALL
    SELECT deployment_id, model_version_id, version, hour, currency, 0, 0, 0, n, tp + fn, value_sum, value_squares, gain_sum, gain_var,
        delay_s_sum
    FROM truth_hours
) p LEFT JOIN value_contracts c ON c.model_version_id = p.model_version_id
WHERE p.currency <> ''
GROUP BY p.deployment_id, p.model_version_id, p.hour;
ALTER TABLE prediction_hours DROP COLUMN expected_sum;
ALTER TABLE prediction_hours DROP COLUMN gain_sum;
ALTER TABLE prediction_hours DROP COLUMN gain_var;
ALTER TABLE prediction_hours DROP COLUMN currency;
ALTER TABLE truth_hours DROP COLUMN value_sum;
ALTER TABLE truth_hours DROP COLUMN value_squares;
ALTER TABLE truth_hours DROP COLUMN gain_sum;
ALTER TABLE truth_hours DROP COLUMN gain_var;
ALTER TABLE truth_hours DROP COLUMN delay_s_sum;
ALTER TABLE truth_hours DROP COLUMN currency;
ALTER TABLE truth_hours DROP COLUMN value_model_id;

-- What was done in fact, where somebody decided otherwise than the model.
ALTER TABLE pending_truths ADD COLUMN action INTEGER;
ALTER TABLE truth_corrections ADD COLUMN first_action INTEGER;
ALTER TABLE truth_corrections ADD COLUMN later_action INTEGER;

-- What the decisions that were recorded under other contracts of a version would have brought under this one. The records stay as they are.
CREATE TABLE restated_days (
    deployment_id VARCHAR NOT NULL,
    contract_id VARCHAR NOT NULL,
    instead_of VARCHAR NOT NULL,
    day DATE NOT NULL,
    n BIGINT NOT NULL,
    gain_sum DECIMAL(24, 4) NOT NULL,
    gain_var DOUBLE NOT NULL,
    labelled BIGINT NOT NULL,
    positives BIGINT NOT NULL,
    overridden BIGINT NOT NULL,
    value_sum DECIMAL(24, 4) NOT NULL,
    value_squares DOUBLE NOT NULL,
    decided_sum DECIMAL(24, 4) NOT NULL,
    known_gain_sum DECIMAL(24, 4) NOT NULL,
    known_gain_var DOUBLE NOT NULL,
    delay_s_sum DOUBLE NOT NULL,
    PRIMARY KEY (deployment_id, contract_id, instead_of, day)
);
CREATE TABLE restatements (
    deployment_id VARCHAR NOT NULL,
    contract_id VARCHAR NOT NULL,
    made_by VARCHAR NOT NULL,
    made_by_name VARCHAR NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    decisions BIGINT NOT NULL,
    PRIMARY KEY (deployment_id, contract_id)
);
