-- A version put to work behind an endpoint. People register some; events tell of others, which are a
-- function of the endpoint's facts and of the lineage, but for their number: it is given in the order
-- in which we hear of them.
CREATE TABLE deployment (
    id           $IDENTITY,
    model_id     BIGINT NOT NULL,
    number       BIGINT NOT NULL,                  -- per model, never given again
    version      BIGINT NOT NULL,                  -- number of the model's version
    source       BIGINT NOT NULL,                  -- 1 registered, 2 told by events
    environment  TEXT   NOT NULL,                  -- '': it does not say
    endpoint     TEXT   NOT NULL,                  -- as it was said: URL, name or ARN; '': it does not say
    endpoint_key TEXT   NOT NULL,                  -- by which endpoints are told apart
    resource_id  BIGINT NOT NULL,                  -- told by events: the endpoint's row; 0: registered
    config       TEXT   NOT NULL,                  -- told by events: the endpoint configuration's name
    variant      TEXT   NOT NULL,
    method       BIGINT NOT NULL,                  -- enum deploy_method; 0: it does not say
    strategy     BIGINT NOT NULL,                  -- enum deploy_strategy; 0: it does not say
    variables    TEXT,                             -- JSON [{"name":..,"value":..}]: values are secret
    rollback_of  BIGINT,                           -- number of the deployment it takes back
    description  TEXT,
    tags         TEXT,                             -- JSON object
    created_ms   BIGINT NOT NULL,                  -- of the first entry of its rollout
    created_by   TEXT,
    changed_ms   BIGINT NOT NULL,                  -- our clock
    rev          BIGINT NOT NULL,                  -- grows with every change: ETag
    CHECK (number > 0 AND version > 0 AND source IN (1, 2))
);
CREATE UNIQUE INDEX deployment_by_number ON deployment (model_id, number);
CREATE INDEX deployment_by_group ON deployment (model_id, environment, endpoint_key);
CREATE UNIQUE INDEX deployment_of_events ON deployment (resource_id, config, variant, model_id, version)
    WHERE source = 2;

-- What happened to a deployment, in the order of (at_ms, id). The newest entry at a moment says how it
-- stood then. Entries of people are only ever added; those of events follow from the endpoint's facts.
CREATE TABLE rollout (
    id            $IDENTITY,
    deployment_id BIGINT NOT NULL,
    at_ms         BIGINT NOT NULL,
    what          BIGINT NOT NULL,                 -- enum rollout_what
    share         BIGINT NOT NULL,                 -- of the traffic afterwards, in hundredths of a percent
    state         BIGINT NOT NULL,                 -- enum rollout_state afterwards
    who           TEXT,
    why           TEXT,
    source        BIGINT NOT NULL,                 -- as in deployment
    written_ms    BIGINT NOT NULL,                 -- our clock
    CHECK (share BETWEEN 0 AND 10000 AND what > 0 AND state > 0)
);
CREATE INDEX rollout_by_deployment ON rollout (deployment_id, at_ms, id);

-- What each event said about an endpoint's traffic: from these its deployments are worked out anew.
CREATE TABLE endpoint_fact (
    account     BIGINT NOT NULL,
    resource_id BIGINT NOT NULL,
    at_ms       BIGINT NOT NULL,                   -- when it was so, by the endpoint's own times
    weight      BIGINT NOT NULL,                   -- of the status: at one instant the lasting one is later
    stamp_ms    BIGINT NOT NULL,                   -- envelope time
    uid         BIGINT NOT NULL,                   -- hash of the event's id: the last tie-break
    status      TEXT   NOT NULL,                   -- as the API spells it; '': it does not say
    config      TEXT   NOT NULL,                   -- '': it does not say
    variants    TEXT,                              -- JSON [{"variant":..,"weight":..,"count":..,"of":..}]
    next_config TEXT   NOT NULL,                   -- of the pending deployment; '': none is pending
    next_phase  TEXT   NOT NULL,                   -- "Baking"
    next        TEXT,                              -- its variants, as above
    why         TEXT,                              -- FailureReason
    PRIMARY KEY (account, resource_id, at_ms, weight, stamp_ms, uid)
) $WITHOUT_ROWID;
CREATE INDEX endpoint_fact_by_config ON endpoint_fact (account, config);
CREATE INDEX endpoint_fact_by_next ON endpoint_fact (account, next_config);
