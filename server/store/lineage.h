/* lineage.h -- what came from what: a graph of typed edges, filled by events and registrations.
 *
 *     job --produced--> artifact --packaged--> package --registered--> version
 *     version --deployed--> deployment --serves--> endpoint
 *     artifact|package --modelled--> model --configured--> endpoint_config --served_by--> endpoint
 *     data --read--> job    image --runs--> job|package|model    execution --started--> job
 *
 * A node is known by account, type and key; both ends of an edge are made when they are not there
 * (stubs: nothing more is known of them yet). Putting the same edge again changes nothing, so the
 * graph is a function of the set of what was said, whatever the order. */
#ifndef SMON_STORE_LINEAGE_H
#define SMON_STORE_LINEAGE_H

#include "base/str.h"
#include "base/when.h"

#include <stdint.h>

struct batch;
struct fail;

enum lineage_type {                              /* the numbers are stored */
                    LINEAGE_JOB             = 1, /* key: its ARN in lower case */
                    LINEAGE_ARTIFACT        = 2, /* key: its URI */
                    LINEAGE_PACKAGE         = 3, /* ARN in lower case */
                    LINEAGE_VERSION         = 4, /* lineage_key_version */
                    LINEAGE_DEPLOYMENT      = 5, /* lineage_key_deployment */
                    LINEAGE_MODEL           = 6, /* SageMaker's model object: ARN in lower case */
                    LINEAGE_ENDPOINT_CONFIG = 7, /* ARN in lower case */
                    LINEAGE_ENDPOINT        = 8, /* ARN in lower case */
                    LINEAGE_DATA            = 9, /* an input: its URI */
                    LINEAGE_IMAGE           = 10 /* a container image's URI */
};

enum lineage_edge { /* the numbers are stored */
                    LINEAGE_PRODUCED   = 1,
                    LINEAGE_PACKAGED   = 2,
                    LINEAGE_REGISTERED = 3,
                    LINEAGE_DEPLOYED   = 4,
                    LINEAGE_SERVES     = 5,
                    LINEAGE_MODELLED   = 6,
                    LINEAGE_CONFIGURED = 7, /* detail: the variant */
                    LINEAGE_SERVED_BY  = 8,
                    LINEAGE_READ       = 9, /* data|model -> job */
                    LINEAGE_STARTED =
                        10,           /* execution|tuning -> job, model, ...; detail: the step */
                    LINEAGE_RUNS = 11 /* image -> job|package|model */
};

struct lineage_node {
    enum lineage_type type;
    struct str        key;
    struct str        name;         /* to show; no data: the key's tail */
    int64_t           resource_id;  /* the row it is about, in table resource; 0: not known */
    int64_t           id, model_id; /* lineage.c's own: 0 until the transaction has met it */
};

/* Keys and details from outside meet these: a longer key is FAIL_INPUT, a longer detail or name is
 * cut. */
enum { LINEAGE_KEY_MOST = 1200, LINEAGE_TEXT_MOST = 256 };

/* Keys of what has no ARN: "version:12/4", "deployment:31". */
enum { LINEAGE_KEY_ROOM = 64 };
struct str lineage_key_version(int64_t model_id, int64_t number, char room[LINEAGE_KEY_ROOM]);
struct str lineage_key_deployment(int64_t deployment_row, char room[LINEAGE_KEY_ROOM]);

/* The edge with both its ends, in this account; `detail` may have no data. A known name and
 * resource stay when the node given has none. Nodes of any account may be linked: an ARN's key says
 * which one it is in, and `account` is only whose scope shows the edge. What is given remembers its
 * row, so it is for one transaction and account. */
int lineage_link(struct batch *batch, int64_t account, struct lineage_node *from,
                 enum lineage_edge edge, struct str detail, struct lineage_node *to,
                 struct fail *why);

/* The detail of the edges of this kind from a node, where they have none yet. */
int lineage_name_edge(struct batch *batch, int64_t account, const struct lineage_node *from,
                      enum lineage_edge edge, struct str detail, struct fail *why);

/* The node alone, before anything is said of where it comes from. */
int lineage_know(struct batch *batch, int64_t account, struct lineage_node *node, struct fail *why);

/* The resource's row goes (retention). When something came of it that was taken up (a package, a
 * model, another job), its node is a stub again; otherwise it goes, too, with what only it held. */
int lineage_forget(struct batch *batch, int64_t account, int64_t resource_id, struct fail *why);

#endif
