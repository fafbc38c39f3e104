/* inference_text.h -- as=insights|sql|elasticsearch: the same question in another language.
 *
 *     {"language":"insights","text":"parse @log ...","log_groups":[{"account":"111122223333",
 *      "region":"eu-central-1","name":"/abc_corp/claim/doc_classification"}],
 *      "has_more_log_groups":false,"start_time":1672531200,"end_time":1672617600,"notes":[..]} */
#ifndef SMON_API_INFERENCES_INFERENCE_TEXT_H
#define SMON_API_INFERENCES_INFERENCE_TEXT_H

struct ask;
struct fail;
struct question;

/* 1: it was asked for, and is answered. 0: it was not. -1. */
int inference_text(struct ask *ask, const struct question *question, struct fail *why);

#endif
