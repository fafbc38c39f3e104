-- What a transaction shares with many others: who answered it. Never removed.
CREATE TABLE inference_series (
    id             $IDENTITY,
    model_id       BIGINT NOT NULL,
    account        BIGINT NOT NULL,                -- where it ran; 0: not said
    region_id      BIGINT NOT NULL,                -- word; 0: not said
    version        BIGINT NOT NULL,                -- 0: not said (CloudEvents have none)
    deployment     BIGINT NOT NULL,                -- the number within the model; 0: not said
    environment_id BIGINT NOT NULL,                -- word
    endpoint_id    BIGINT NOT NULL,                -- word; 0: not said
    CHECK (account >= 0 AND version >= 0 AND deployment >= 0)
);
CREATE UNIQUE INDEX inference_series_once ON inference_series
    (model_id, version, deployment, environment_id, endpoint_id, account, region_id);

-- Every transaction, in one b-tree without any index beside it. lane = 2 * floor(log2(elapse_ms + 1)),
-- and one more when it did not succeed: each insert goes to the right edge of one of a few lanes, and
-- the slow or failed ones of a model are found by walking few lanes, each from its newest. The key is
-- also what makes the same transaction one row.
CREATE TABLE inference (
    model_id        BIGINT NOT NULL,
    lane            BIGINT NOT NULL,
    start_ms        BIGINT NOT NULL,
    uid             BIGINT NOT NULL,               -- hash of transaction_id, else of all it says
    series_id       BIGINT NOT NULL,
    server_id       BIGINT NOT NULL,               -- word; 0: not said
    status_id       BIGINT NOT NULL,               -- word
    end_ms          BIGINT NOT NULL,
    elapse_ms       BIGINT NOT NULL,
    is_mismatched   BIGINT NOT NULL,               -- elapse is not end - start
    request_bytes   BIGINT NOT NULL,
    response_bytes  BIGINT NOT NULL,
    request_digest  BIGINT,                        -- first 8 bytes of the body's SHA-256; none: no body came
    response_digest BIGINT,
    confidence      BIGINT,                        -- in 1/100 percent
    received_ms     BIGINT NOT NULL,               -- our clock
    extras          TEXT,                          -- JSON object: requester error trace_id transaction_id ...
    PRIMARY KEY (model_id, lane, start_ms, uid)
) $WITHOUT_ROWID;

-- Transactions by minute and hour (grain 1 and 2). Time leads the key: the rows that change now stand
-- together. Histograms (server/format/histogram.h) add up over rows; percentiles would not.
CREATE TABLE inference_rollup (
    grain           BIGINT NOT NULL,
    bucket_ms       BIGINT NOT NULL,               -- by start_ms
    series_id       BIGINT NOT NULL,
    server_id       BIGINT NOT NULL,
    status_id       BIGINT NOT NULL,
    count           BIGINT NOT NULL,
    sum_elapse_ms   BIGINT NOT NULL,
    max_elapse_ms   BIGINT NOT NULL,
    min_elapse_ms   BIGINT NOT NULL,
    request_bytes   BIGINT NOT NULL,
    response_bytes  BIGINT NOT NULL,
    histogram       $BLOB  NOT NULL,
    PRIMARY KEY (grain, bucket_ms, series_id, server_id, status_id)
) $WITHOUT_ROWID;

-- How sure a version was, by hour, in 20 equal bins from 0 to 100 percent.
CREATE TABLE confidence_rollup (
    model_id  BIGINT NOT NULL,
    version   BIGINT NOT NULL,
    bucket_ms BIGINT NOT NULL,
    bin       BIGINT NOT NULL,
    count     BIGINT NOT NULL,
    total     BIGINT NOT NULL,                     -- sum, in 1/100 percent
    PRIMARY KEY (model_id, version, bucket_ms, bin)
) $WITHOUT_ROWID;

-- Parts of bodies, only of models that want them and only what they allow; gone when they expire.
CREATE TABLE inference_payload (
    model_id   BIGINT NOT NULL,
    start_ms   BIGINT NOT NULL,
    uid        BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    members    TEXT   NOT NULL,                    -- JSON: {"/request/amount":12}, by RFC 6901 pointer
    PRIMARY KEY (model_id, start_ms, uid)
) $WITHOUT_ROWID;
CREATE INDEX inference_payload_by_expiry ON inference_payload (expires_ms);

-- One half of a transaction that came as two CloudEvents, until the other comes.
CREATE TABLE inference_half (
    model_id    BIGINT NOT NULL,
    uid         BIGINT NOT NULL,                   -- hash of what both halves have in common
    is_response BIGINT NOT NULL,
    at_ms       BIGINT NOT NULL,                   -- the event's own time
    received_ms BIGINT NOT NULL,
    bytes       BIGINT NOT NULL,
    digest      BIGINT NOT NULL,
    members     TEXT,                              -- as in inference_payload
    PRIMARY KEY (model_id, uid, is_response)
) $WITHOUT_ROWID;
CREATE INDEX inference_half_by_arrival ON inference_half (received_ms);
