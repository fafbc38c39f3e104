/* stream.h -- changes as they happen, as server-sent events.
 *
 *     id: 4708                              the event behind which it begins
 *     event: ready                          the subscription stands; what comes after is sent
 *     data: {}
 *
 *     id: 4711                              the number of the stored event that made the change
 *     event: job                            or resource, or event (about nothing we keep a row for)
 *     data: {"id":"111122223333-42",...}    the job as it is now, as in /jobs/{id}
 *
 * One thread (keeper.h) looks for stored events newer than each subscriber has seen, only while
 * there are subscribers. Several changes of one job in one look are sent once. With Last-Event-ID a
 * client goes on where it was. A comment comes every 15 seconds. The stream ends with the key it
 * was opened with, and after an hour: then the client comes again. */
#ifndef SMON_API_STREAM_H
#define SMON_API_STREAM_H

#include "base/own.h"

struct fail;
struct keys;
struct prices;
struct reader;
struct stream;
struct writer;

/* `keys` and `prices` (may be NULL) are borrowed as long as the stream. */
int  stream_new(struct keys *keys, const struct prices *prices, struct stream **out,
                struct fail *why);
void stream_free(struct stream *stream); /* ends what is left */
OWN_PTR_TYPE(stream)

int stream_count(struct stream *stream);

/* Of the keeper's thread: sends what is new. -1: the store could not be read; nothing is lost. */
int stream_look(struct stream *stream, struct writer *writer, struct reader *reader,
                struct fail *why);
/* Ends all; later subscribers are refused. */
void stream_end_all(struct stream *stream);

#endif
