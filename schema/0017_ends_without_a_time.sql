-- Jobs that have ended and whose events named no time of it: lists by end show them last. They are few.
CREATE INDEX job_ended_untimed ON resource (created_ms, id)
    WHERE kind < 20 AND ended_ms IS NULL AND completed_ms IS NOT NULL;
