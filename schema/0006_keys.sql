-- API keys: smon_<kid>_<secret>. Only the SHA-256 of the secret is kept.
CREATE TABLE api_key (
    kid          TEXT   NOT NULL PRIMARY KEY,
    digest       $BLOB  NOT NULL,
    label        TEXT   NOT NULL,
    roles        BIGINT NOT NULL,                  -- bits of enum role
    accounts     TEXT   NOT NULL,                  -- '*', or numbers joined by ','
    namespaces   TEXT   NOT NULL,                  -- '*', or paths joined by ','
    created_ms   BIGINT NOT NULL,
    expires_ms   BIGINT,
    revoked_ms   BIGINT,
    last_used_ms BIGINT,
    replaces     TEXT                              -- kid of the key it was rotated from
);
