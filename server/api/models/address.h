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
struct batch;
struct buf;
struct fail;
struct members;

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

/* Members of a body that say the same as the query: namespace, account, region and model_name count
 * where the query or the path does not say; where both do, they must agree (noted as flaws). The
 * document must outlive the handler's use of ask->params. `name` is the path's {model}, or no data
 * where the body has to say; gives the name, with no data when it is missing (noted). */
#define ADDRESS_MEMBERS "namespace", "model_name", "account", "region"
struct str address_members(struct ask *ask, const struct members *body, struct str name);

/* Where a write goes: to a model that is there, or to a new one. `room` holds the path. */
struct address_write {
    struct model_place there; /* id 0: it is new, and `fresh` says where */
    struct address_new fresh;
};
int address_write(struct ask *ask, struct str name, struct buf *room, struct address_write *out,
                  struct fail *why);
/* The model's number; made when it is new. Within the transaction. */
int address_make(struct batch *batch, const struct address_write *address, struct str who,
                 int64_t *out_id, struct fail *why);

/* "/api/v1/models/doc_classification?namespace=%2Fabc_corp%2Fclaim&account=..&region=..", with
 * `below` ("/versions/4") before the query. */
struct address_link {
    int64_t     account;
    struct str  region, namespace, name;
    const char *below;
};
void address_link(const struct address_link *link, struct buf *out);

/* {n} of the path: a number from 1 on. FAIL_ABSENT. */
int address_number(const struct ask *ask, int64_t *out, struct fail *why);

#endif
