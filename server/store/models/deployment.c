#include "store/models/deployment.h"

#include "base/buf.h"
#include "base/fail.h"
#include "store/batch.h"
#include "store/models/model.h"
#include "wire/db.h"

/* --- names --- */

struct spelling {
    const char *text; /* without blanks, '-' and '_', in small letters */
    int64_t     number;
};

static const char *const METHODS[] = {
    [DEPLOY_ECS]                   = "self hosted ECS",
    [DEPLOY_EKS]                   = "self hosted EKS",
    [DEPLOY_LAMBDA]                = "AWS Lambda",
    [DEPLOY_SAGEMAKER]             = "AWS SageMaker",
    [DEPLOY_ON_PREMISES_CONTAINER] = "on-premises container",
    [DEPLOY_ON_PREMISES_VM]        = "on-premises VM",
    [DEPLOY_EC2]                   = "AWS EC2",
    [DEPLOY_BEANSTALK]             = "AWS Elastic Beanstalk",
};
static const char *const STRATEGIES[] = {
    [DEPLOY_BLUE_GREEN] = "blue green",
    [DEPLOY_CANARY]     = "canary",
    [DEPLOY_ROLLING]    = "rolling",
};
static const struct spelling METHOD_SPELLINGS[] = {
    {"selfhostedecs", DEPLOY_ECS},
    {"ecs", DEPLOY_ECS},
    {"selfhostedeks", DEPLOY_EKS},
    {"eks", DEPLOY_EKS},
    {"awslambda", DEPLOY_LAMBDA},
    {"lambda", DEPLOY_LAMBDA},
    {"awssagemaker", DEPLOY_SAGEMAKER},
    {"sagemaker", DEPLOY_SAGEMAKER},
    {"onpremisescontainer", DEPLOY_ON_PREMISES_CONTAINER},
    {"onpremisescontainers", DEPLOY_ON_PREMISES_CONTAINER},
    {"onpremisesvm", DEPLOY_ON_PREMISES_VM},
    {"onpremisesvms", DEPLOY_ON_PREMISES_VM},
    {"awsec2", DEPLOY_EC2},
    {"ec2", DEPLOY_EC2},
    {"awselasticbeanstalk", DEPLOY_BEANSTALK},
    {"elasticbeanstalk", DEPLOY_BEANSTALK},
    {NULL, 0},
};
static const struct spelling STRATEGY_SPELLINGS[] = {
    {"bluegreen", DEPLOY_BLUE_GREEN}, {"canary", DEPLOY_CANARY},
    {"canory", DEPLOY_CANARY}, /* as the first records of this kind spell it */
    {"rolling", DEPLOY_ROLLING},      {NULL, 0},
};

const char *deployment_method_name(int64_t method)
{
    return method >= DEPLOY_ECS && method <= DEPLOY_BEANSTALK ? METHODS[method] : NULL;
}

const char *deployment_strategy_name(int64_t strategy)
{
    return strategy >= DEPLOY_BLUE_GREEN && strategy <= DEPLOY_ROLLING ? STRATEGIES[strategy]
                                                                       : NULL;
}

/* `name` without blanks, '-', '_', '/' and letter case is the spelling. */
static bool is_spelt(const char *spelling, struct str name)
{
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];

        if (c == ' ' || c == '-' || c == '_' || c == '/')
            continue;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + ('a' - 'A'));
        if (*spelling == '\0' || *spelling++ != c)
            return false;
    }
    return *spelling == '\0';
}

static int64_t parse(const struct spelling *spellings, struct str name)
{
    for (size_t i = 0; spellings[i].text; i++)
        if (is_spelt(spellings[i].text, name))
            return spellings[i].number;
    return 0;
}

int64_t deployment_method_parse(struct str name)
{
    return parse(METHOD_SPELLINGS, name);
}

int64_t deployment_strategy_parse(struct str name)
{
    return parse(STRATEGY_SPELLINGS, name);
}

/* --- writing --- */

static const char MAKE[] =
    "INSERT INTO deployment (model_id, number, version, source, environment, endpoint,"
    " endpoint_key, resource_id, config, variant, method, strategy, variables, rollback_of,"
    " description, tags, created_ms, created_by, changed_ms, rev)"
    " VALUES (:model, :number, :version, :source, :environment, :endpoint, :key, :resource,"
    " :config, :variant, :method, :strategy, :variables, :rollback, :description, :tags, :created,"
    " :by, :now, 1) $GIVING_ID";

static struct str or_empty(struct str text)
{
    return text.data ? text : STR("");
}

static void bind_texts(struct stmt *make, const struct deployment *d)
{
    stmt_text(make, ":environment", or_empty(d->environment));
    stmt_text(make, ":endpoint", or_empty(d->endpoint));
    stmt_text(make, ":key", or_empty(d->endpoint_key));
    stmt_text(make, ":config", or_empty(d->config));
    stmt_text(make, ":variant", or_empty(d->variant));
    stmt_text(make, ":variables", d->variables);
    stmt_text(make, ":description", d->description);
    stmt_text(make, ":tags", d->tags);
    stmt_text(make, ":by", d->created_by);
}

int deployment_make(struct batch *batch, struct deployment *deployment, struct fail *why)
{
    struct stmt *make;

    if (model_next(batch, deployment->model_id, MODEL_DEPLOYMENT, &deployment->number, why)
        || !(make = db_prepare(batch->db, MAKE, why)))
        return -1;
    bind_texts(make, deployment);
    stmt_int(make, ":model", deployment->model_id);
    stmt_int(make, ":number", deployment->number);
    stmt_int(make, ":version", deployment->version);
    stmt_int(make, ":source", deployment->source);
    stmt_int(make, ":resource", deployment->resource_id);
    stmt_int(make, ":method", deployment->method);
    stmt_int(make, ":strategy", deployment->strategy);
    if (deployment->rollback_of)
        stmt_int(make, ":rollback", deployment->rollback_of);
    else
        stmt_null(make, ":rollback");
    stmt_time(make, ":created", deployment->created);
    stmt_time(make, ":now", batch->now);
    return stmt_insert(make, &deployment->id, why) == 1 ? 0 : -1;
}

static const char FIND_TOLD[] =
    "SELECT id FROM deployment WHERE source = 2 AND resource_id = :resource AND config = :config"
    " AND variant = :variant AND model_id = :model AND version = :version";

int deployment_find_told(struct batch *batch, const struct deployment *key, int64_t *out_id,
                         struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, FIND_TOLD, why);

    if (!find)
        return -1;
    stmt_int(find, ":resource", key->resource_id);
    stmt_text(find, ":config", or_empty(key->config));
    stmt_text(find, ":variant", or_empty(key->variant));
    stmt_int(find, ":model", key->model_id);
    stmt_int(find, ":version", key->version);
    return stmt_number(find, out_id, why);
}

static const char NAME_TOLD[] = "UPDATE deployment SET variant = :variant WHERE id = :id";

int deployment_name_told(struct batch *batch, const struct deployment *key, int64_t *out_id,
                         struct fail *why)
{
    struct deployment nameless = *key;
    struct stmt      *name;
    int               got;

    nameless.variant = STR("");
    got              = deployment_find_told(batch, &nameless, out_id, why);
    if (got != 1)
        return got;
    name = db_prepare(batch->db, NAME_TOLD, why);
    if (!name)
        return -1;
    stmt_text(name, ":variant", key->variant);
    stmt_int(name, ":id", *out_id);
    return stmt_run(name, why) ? -1 : 1;
}

static const char FIND[] =
    "SELECT id, version, source, environment, endpoint, endpoint_key, method, strategy,"
    " created_ms FROM deployment WHERE model_id = :model AND number = :number";

static struct str keep(struct buf *room, struct str text)
{
    size_t start = room->size;

    buf_str(room, text);
    return str_part(buf_view(room), start, text.size);
}

int deployment_find(struct batch *batch, int64_t model_id, int64_t number, struct buf *room,
                    struct deployment *out, struct fail *why)
{
    struct stmt *find = db_prepare(batch->db, FIND, why);
    int          got;

    if (!find)
        return -1;
    stmt_int(find, ":model", model_id);
    stmt_int(find, ":number", number);
    got = stmt_step(find, why);
    if (got == 1) {
        /* In one piece, so that the texts do not move while they are copied. */
        (void)buf_room(room, col_text(find, 3).size + col_text(find, 4).size
                                 + col_text(find, 5).size + 1);
        *out = (struct deployment){
            .id           = col_int(find, 0),
            .model_id     = model_id,
            .number       = number,
            .version      = col_int(find, 1),
            .source       = (enum rollout_source)col_int(find, 2),
            .environment  = keep(room, col_text(find, 3)),
            .endpoint     = keep(room, col_text(find, 4)),
            .endpoint_key = keep(room, col_text(find, 5)),
            .method       = col_int(find, 6),
            .strategy     = col_int(find, 7),
            .created      = col_time(find, 8),
        };
    }
    stmt_done(find);
    return got == 1 && buf_check(room, why) ? -1 : got;
}

static const char TOUCH[] =
    "UPDATE deployment SET rev = rev + 1, changed_ms = :now, created_ms = COALESCE("
    "(SELECT MIN(r.at_ms) FROM rollout r WHERE r.deployment_id = :id), created_ms)"
    " WHERE id = :id";

int deployment_touch(struct batch *batch, int64_t id, struct fail *why)
{
    struct stmt *touch = db_prepare(batch->db, TOUCH, why);

    if (!touch)
        return -1;
    stmt_int(touch, ":id", id);
    stmt_time(touch, ":now", batch->now);
    return stmt_run(touch, why);
}

int deployment_amend(struct batch *batch, int64_t id, int64_t rev,
                     const struct deployment_change *change, struct fail *why)
{
    OWN(sql) sql = SQL_EMPTY;
    struct stmt *amend;

    sql_add(&sql, "UPDATE deployment SET rev = rev + 1, changed_ms = :now");
    sql_add(&sql, change->has_description ? ", description = NULLIF(:description, '')" : "");
    sql_add(&sql, change->has_tags ? ", tags = NULLIF(:tags, '')" : "");
    sql_add(&sql, " WHERE id = :id AND (rev = :rev OR :rev < 0)");
    if (change->has_description)
        sql_text(&sql, ":description", or_empty(change->description));
    if (change->has_tags)
        sql_text(&sql, ":tags", or_empty(change->tags));
    sql_int(&sql, ":now", batch->now);
    sql_int(&sql, ":id", id);
    sql_int(&sql, ":rev", rev);
    amend = sql_prepare(&sql, batch->db, why);
    if (!amend || stmt_run(amend, why))
        return -1;
    return stmt_changes(amend) > 0;
}

static const char HAS_VERSION[] = "SELECT 1 FROM model_version WHERE model_id = :model"
                                  " AND number = :number AND deleted_ms IS NULL";

int deployment_has_version(struct db *db, int64_t model_id, int64_t number, struct fail *why)
{
    struct stmt *find = db_prepare(db, HAS_VERSION, why);
    int          got;

    if (!find)
        return -1;
    stmt_int(find, ":model", model_id);
    stmt_int(find, ":number", number);
    got = stmt_step(find, why);
    stmt_done(find);
    return got;
}
