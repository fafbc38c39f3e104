/* news.h -- one event, understood: what intake reads out of a post and the store applies.
 *
 * Texts are borrowed from the posted body (or from the scan's room) and valid until the work is
 * done. A str with NULL data and WHEN_UNKNOWN mean that the event does not say. */
#ifndef SMON_STORE_NEWS_H
#define SMON_STORE_NEWS_H

#include "base/str.h"
#include "base/when.h"
#include "format/kind.h"

#include <stdbool.h>
#include <stdint.h>

struct news {
    /* The envelope. */
    int64_t    account; /* the 12-digit number */
    struct str region;
    struct str event_id;
    struct str detail_type;
    ms         time;     /* of the envelope; if it cannot be read, the version, and bad_time */
    struct str body;     /* the event's own bytes, without any wrapper */
    bool       is_known; /* the detail-type is in our table */

    /* The first member whose time could not be read and counts as unknown; NULL: there is none. */
    const char *bad_time;

    /* What it is about. KIND_OTHER with an empty name: about nothing we keep a row for. */
    enum kind  kind;
    struct str name;
    struct str arn;
    ms         generation; /* CreationTime of the object */

    /* What it says. */
    ms         version; /* LastModifiedTime, else the greatest of its own times, else `time` */
    struct str status; /* as the API spells it, or verbatim when not known; no data: says nothing */
    int        weight; /* class * 1000 + rank, from kind.h; -1: says nothing about status */
    bool       is_terminal; /* the status ends a job */
    bool       is_gone;     /* Deleted */
    bool       is_unknown_status;
    struct str secondary;
    struct str failure_reason;
    ms         started, ended;
    int64_t    billable_ms; /* -1: does not say */
    struct str instance_type;
    int64_t    instance_count; /* -1 */
    struct str sizing;         /* JSON array of instance groups, raw */
    struct str tags;           /* JSON object, normalised; no data: the event has no tags member */
    struct str approval;
    struct str stage; /* ModelLifeCycle, raw JSON */
    struct str parent;
    struct str created_by; /* CloudTrail: who called Create... */
};

#endif
