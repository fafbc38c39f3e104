-- Events of one kind, newest first. Behind a burst of other kinds a walk from the newest event took a second
-- for each million. It grows at the right edge of each kind, so it costs what is written little.
CREATE INDEX event_by_kind ON event (kind, id);
