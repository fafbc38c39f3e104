/* cloudtrail.h -- API calls on EventBridge: who did what to which object.
 *
 *     "detail":{"eventSource":"sagemaker.amazonaws.com","eventName":"CreateModel","readOnly":false,
 *       "userIdentity":{"arn":..,"sessionContext":{"sessionIssuer":{"arn":..}}},
 *       "requestParameters":{"modelName":..},"responseElements":{"modelArn":..}|null,
 *       "errorCode":..?,"recipientAccountId":..}
 *
 * The native events stay the authority for status. A call tells that an object exists and, when it
 * creates, who did it; only for kinds without native events (compilation, AutoML) also the status.
 * Calls that failed, reads, data events and other services' calls are about nothing. */
#ifndef SMON_INTAKE_CLOUDTRAIL_H
#define SMON_INTAKE_CLOUDTRAIL_H

#include "base/str.h"

#include <stddef.h>

struct event;

/* The special case of detail-type "AWS API Call via CloudTrail". */
void cloudtrail_read(struct event *event);

/* How many calls are known, and the n-th name: for tests and documentation. */
size_t     cloudtrail_call_count(void);
struct str cloudtrail_call_name(size_t at);

#endif
