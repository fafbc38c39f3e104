-- A version of a model: what was registered, once and for all. Only description, tags and approval
-- change. A number that was given is never given again, also not when the version is deleted.
CREATE TABLE model_version (
    id             $IDENTITY,
    model_id       BIGINT NOT NULL REFERENCES model (id),
    number         BIGINT NOT NULL,
    source         BIGINT NOT NULL,                -- 1 registered, 2 a model package
    identity       TEXT,                           -- SHA-256 in hex: names and URIs of its artifacts
    digest         TEXT,                           -- SHA-256 in hex of all that never changes
    artifacts      TEXT   NOT NULL,                -- JSON, as it is shown
    content_ms     BIGINT,                         -- of the event that told of the artifacts
    description    TEXT,
    tags           TEXT,                           -- JSON object
    approval       TEXT,
    approval_ms    BIGINT,
    package_arn    TEXT,
    package_status BIGINT NOT NULL,                -- word; 0: no package
    failure        TEXT,                           -- why the package failed
    life_cycle     TEXT,                           -- ModelLifeCycle as JSON
    job_arn        TEXT,
    create_ms      BIGINT NOT NULL,
    created_by     TEXT,
    changed_ms     BIGINT NOT NULL,                -- our clock
    edited_ms      BIGINT,                         -- when people last changed description or tags
    deleted_ms     BIGINT,
    rev            BIGINT NOT NULL,                -- grows with every change of the row: ETag
    CHECK (number > 0 AND source IN (1, 2))
);
CREATE UNIQUE INDEX model_version_by_number ON model_version (model_id, number);
CREATE INDEX model_version_by_creation ON model_version (create_ms, id);
CREATE INDEX model_version_by_digest ON model_version (model_id, digest);
CREATE INDEX model_version_by_package ON model_version (package_arn);
CREATE INDEX model_version_by_identity ON model_version (model_id, identity);

-- The files, collections and images a version is made of, in the order they were given.
CREATE TABLE model_artifact (
    version_id BIGINT NOT NULL REFERENCES model_version (id),
    position   BIGINT NOT NULL,
    name       $BYTE_TEXT NOT NULL,
    uri        $BYTE_TEXT NOT NULL,
    kind       BIGINT NOT NULL,                    -- enum artifact_kind
    size_bytes BIGINT,
    sha256     TEXT,                               -- hex, lower case
    etag       TEXT,                               -- S3's: no checksum of objects sent in parts
    PRIMARY KEY (version_id, position)
) $WITHOUT_ROWID;
CREATE UNIQUE INDEX model_artifact_by_name ON model_artifact (version_id, name);
CREATE INDEX model_artifact_by_uri ON model_artifact (uri, version_id);

-- Names for versions ("champion"), one or several with weights that sum to 100.
CREATE TABLE model_alias (
    model_id BIGINT NOT NULL REFERENCES model (id),
    alias    $BYTE_TEXT NOT NULL,
    number   BIGINT NOT NULL,
    weight   BIGINT NOT NULL,
    PRIMARY KEY (model_id, alias, number),
    CHECK (weight BETWEEN 1 AND 100)
) $WITHOUT_ROWID;
CREATE INDEX model_alias_by_number ON model_alias (model_id, number);

-- Every move of an alias; rows are only added. Targets are JSON: [{"version":4,"weight":90},..].
CREATE TABLE model_alias_change (
    id         $IDENTITY,
    model_id   BIGINT NOT NULL REFERENCES model (id),
    alias      $BYTE_TEXT NOT NULL,
    at_ms      BIGINT NOT NULL,
    who        TEXT NOT NULL,
    why        TEXT,
    before     TEXT NOT NULL,                      -- [] when it was new
    after      TEXT NOT NULL                       -- [] when it was removed
);
CREATE INDEX model_alias_change_by_alias ON model_alias_change (model_id, alias, id);

-- Answers to requests with an Idempotency-Key, kept for a day.
CREATE TABLE idempotency (
    kid      TEXT   NOT NULL,                      -- whose key
    path     $BYTE_TEXT NOT NULL,                  -- method and path
    name     $BYTE_TEXT NOT NULL,                  -- the Idempotency-Key
    digest   TEXT   NOT NULL,                      -- SHA-256 in hex of query and body
    status   BIGINT NOT NULL,
    location TEXT,
    etag     TEXT,
    answer   TEXT   NOT NULL,
    until_ms BIGINT NOT NULL,
    PRIMARY KEY (kid, path, name)
);
CREATE INDEX idempotency_by_end ON idempotency (until_ms);

-- The record's description again, to search in.
ALTER TABLE model ADD COLUMN description TEXT;

-- Children of a node of the tree.
CREATE INDEX model_by_namespace ON model (namespace, id);
