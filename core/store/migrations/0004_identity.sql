CREATE TABLE users (
    id VARCHAR PRIMARY KEY,
    email VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    roles JSON NOT NULL,
    language VARCHAR NOT NULL,
    password_hash VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    disabled_at TIMESTAMPTZ,
    last_sign_in_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX users_email ON users (email);

-- Kept by address and not by account, so that an unknown address answers like a known one.
CREATE TABLE sign_in_failures (
    email VARCHAR PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at TIMESTAMPTZ NOT NULL,
    wait_until TIMESTAMPTZ
);

CREATE TABLE sessions (
    token_hash VARCHAR PRIMARY KEY,
    user_id VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    address VARCHAR NOT NULL,
    agent VARCHAR NOT NULL
);

CREATE TABLE api_tokens (
    id VARCHAR PRIMARY KEY,
    user_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    token_hash VARCHAR NOT NULL,
    hint VARCHAR NOT NULL,
    roles JSON NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ,
    last_used_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX api_tokens_hash ON api_tokens (token_hash);

CREATE TABLE setup_links (
    token_hash VARCHAR PRIMARY KEY,
    created_at TIMESTAMPTZ NOT NULL
);
