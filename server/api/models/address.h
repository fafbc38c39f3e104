/* address.h -- which model a path means: {model} is its name, and the query says where it stands.
 *
 *     /api/v1/models/doc_classification/versions/4?namespace=/abc_corp/claim&account=..&region=..
 *
 * What is left out may be anything, as long as one model fits. (A namespace has slashes, and some
 * proxies rewrite %2F in a path; so it travels in the query.) */
#ifndef SMON_API_MODELS_ADDRESS_H
#define SMON_API_MODELS_ADDRESS_H

#include "store/models/model.h"

struct ask;
struct buf;
struct fail;

/* For the list of parameters a handler knows. */
#define ADDRESS_PARAMS "namespace", "account", "region"

/* The model of the path's first id. FAIL_ABSENT: none, or out of the key's reach; FAIL_INPUT:
 * several fit, and which parameter tells them apart. */
int address_model(struct ask *ask, struct model_place *out, struct fail *why);

/* The key under which a new model of this name would stand: namespace is needed; account and region
 * may be left out, account then is the key's only one, or none. `room` holds the path. FAIL_INPUT
 * names what is wrong; FAIL_DENIED: out of the key's reach. Region stays a text: words are made by
 * the writer. */
struct address_new {
    int64_t    account;
    struct str region; /* no data: none */
    struct str path;
};
int address_new_model(struct ask *ask, struct buf *room, struct address_new *out, struct fail *why);

/* {n} of the path: a number from 1 on. FAIL_ABSENT. */
int address_number(const struct ask *ask, int64_t *out, struct fail *why);

#endif
