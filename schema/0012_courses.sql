-- How a finished job used its hardware over time: the document of server/format/use_course.h, gzipped,
-- 1 to 7 kB. One row per job: it is written once, and read whole. The figures are in `utilization`.
CREATE TABLE utilization_course (
    account     BIGINT NOT NULL,
    resource_id BIGINT NOT NULL,
    document    $BLOB  NOT NULL,
    PRIMARY KEY (account, resource_id)
);
