/* log_events.h -- every line smon can log: id, level, name, what it means.
 * Included several times by log.h and log.c, so it has no guard. error: someone must look. warn: we
 * carry on, and the line says how. info: a day of these should be readable. */
LOG_EVENT(LOG_STARTING, LEVEL_INFO, "starting", "the program begins; version and settings source")
LOG_EVENT(LOG_LISTENING, LEVEL_INFO, "listening", "the address is open and posts are taken")
LOG_EVENT(LOG_NEW_KEYS, LEVEL_INFO, "new-keys", "no key existed, so two were made and printed once")
LOG_EVENT(LOG_DRAINING, LEVEL_INFO, "draining",
          "a signal asked us to stop; what was taken is finished")
LOG_EVENT(LOG_STOPPED, LEVEL_INFO, "stopped",
          "everything acknowledged is on disk; the program ends")
LOG_EVENT(LOG_RELOADED, LEVEL_INFO, "reloaded", "settings or certificate were read again")
LOG_EVENT(LOG_RELOAD_REFUSED, LEVEL_ERROR, "reload-refused",
          "the new settings are wrong; the old ones stay")
LOG_EVENT(LOG_MIGRATED, LEVEL_INFO, "migrated", "the store was brought to a newer schema")
LOG_EVENT(LOG_REQUEST, LEVEL_INFO, "request",
          "one HTTP request other than ingest, with its outcome")
LOG_EVENT(LOG_SIGN_IN, LEVEL_INFO, "sign-in", "somebody signed in at the console with a key")
LOG_EVENT(LOG_SIGN_IN_REFUSED, LEVEL_WARN, "sign-in-refused",
          "somebody tried to sign in at the console with what is no valid key")
LOG_EVENT(LOG_INGEST, LEVEL_DEBUG, "ingest", "one accepted post")
LOG_EVENT(LOG_REFUSED, LEVEL_WARN, "refused", "a post was answered with an error; the sender knows")
LOG_EVENT(LOG_QUARANTINED, LEVEL_WARN, "quarantined",
          "a post was kept raw; its reason says what to mend")
LOG_EVENT(LOG_BAD_TIME, LEVEL_WARN, "bad-time",
          "a time in an event cannot be read; the event was taken without that time")
LOG_EVENT(LOG_STORE_FAILED, LEVEL_ERROR, "store-failed",
          "the store does not take writes; senders get 503")
LOG_EVENT(LOG_STORE_BACK, LEVEL_INFO, "store-back", "the store takes writes again")
LOG_EVENT(LOG_STORE_NOTE, LEVEL_INFO, "store-note",
          "something about the store an operator should know")
LOG_EVENT(LOG_RETENTION, LEVEL_INFO, "retention", "old rows were removed")
LOG_EVENT(LOG_RETENTION_PAUSED, LEVEL_WARN, "retention-paused",
          "the clock jumped; nothing is removed until it is believed")
LOG_EVENT(LOG_COLLECTOR_STARTED, LEVEL_INFO, "collector-started",
          "smon-collect runs beside the service")
LOG_EVENT(LOG_COLLECTOR_ENDED, LEVEL_WARN, "collector-ended",
          "smon-collect ended; it is started again after a pause")
LOG_EVENT(LOG_LEASES_FREED, LEVEL_INFO, "leases-freed",
          "what a collector held when it ended is leased to the next one")
LOG_EVENT(LOG_ERRANDS_RECALLED, LEVEL_WARN, "errands-recalled",
          "the clock had run ahead; what was put off by it is due at once")
LOG_EVENT(LOG_ERRAND_DONE, LEVEL_INFO, "errand-done", "a deed was confirmed")
LOG_EVENT(LOG_ERRAND_LATER, LEVEL_WARN, "errand-later", "a deed failed for now and is tried again")
LOG_EVENT(LOG_ERRAND_DEAD, LEVEL_ERROR, "errand-dead",
          "a deed was given up; it is listed with its last error")
LOG_EVENT(LOG_WORK_UNREACHABLE, LEVEL_WARN, "work-unreachable",
          "the collector cannot reach the service; it tries again")
LOG_EVENT(LOG_INTERNAL, LEVEL_ERROR, "internal", "a mistake of ours; please report the line")
