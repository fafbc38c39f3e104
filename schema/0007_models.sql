-- A model: one node of the organisation's tree, in one account and region. It is there from the first
-- that is heard of it: a registration, a model package, a transaction.
CREATE TABLE model (
    id           $IDENTITY,
    account      BIGINT NOT NULL,                  -- 0: tied to none
    region_id    BIGINT NOT NULL,                  -- word; 0: tied to none
    path         $BYTE_TEXT NOT NULL,              -- "/abc_corp/claim/doc_classification": the log group
    namespace    $BYTE_TEXT NOT NULL,              -- its parent: "/abc_corp/claim"
    name         $BYTE_TEXT NOT NULL,
    versions     BIGINT NOT NULL,                  -- the highest number ever given: never reused
    deployments  BIGINT NOT NULL,                  -- the same
    catalog      TEXT,                             -- JSON: description owner url data_sources inference
    tags         TEXT,                             -- JSON object
    payload      TEXT,                             -- JSON: which bodies may be kept; none: none
    objective    TEXT,                             -- JSON: error budget
    drift        TEXT,                             -- JSON: reference window and threshold
    created_ms   BIGINT NOT NULL,
    created_by   TEXT,
    changed_ms   BIGINT NOT NULL,
    rev          BIGINT NOT NULL,                  -- grows with every change of the members above: ETag
    CHECK (account >= 0 AND versions >= 0 AND deployments >= 0)
);
CREATE UNIQUE INDEX model_by_path ON model (path, account, region_id);
CREATE INDEX model_by_name ON model (name, id);
CREATE INDEX model_by_creation ON model (created_ms, id);
