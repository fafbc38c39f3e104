-- What came from what: jobs, artifacts, packages, versions, deployments, models, endpoints, and the
-- edges between them. A node is there from the first that names it; until its own event comes it is a
-- stub. Nodes of one key in several accounts are one thing, told of by each.
CREATE TABLE lineage_node (
    id          $IDENTITY,
    account     BIGINT NOT NULL,                   -- whose scope shows it; 0: tied to none
    type        BIGINT NOT NULL,                   -- enum lineage_type
    key         $BYTE_TEXT NOT NULL,               -- ARN in lower case, URI, "version:12/4"
    name        TEXT,                              -- to show, where it is known better than from the key
    resource_id BIGINT NOT NULL,                   -- its row in resource; 0: not known
    model_id    BIGINT NOT NULL,                   -- of versions and deployments: whose; 0: no model's
    CHECK (account >= 0 AND type > 0)
);
CREATE UNIQUE INDEX lineage_node_by_key ON lineage_node (key, type, account);
CREATE INDEX lineage_node_by_resource ON lineage_node (resource_id, account);

CREATE TABLE lineage_edge (
    from_id BIGINT NOT NULL,                       -- both ends are nodes of one account
    type    BIGINT NOT NULL,                       -- enum lineage_edge
    to_id   BIGINT NOT NULL,
    detail  TEXT   NOT NULL,                       -- the variant; '' where there is nothing to say
    PRIMARY KEY (from_id, type, to_id, detail)
) $WITHOUT_ROWID;
CREATE INDEX lineage_edge_back ON lineage_edge (to_id, from_id);
