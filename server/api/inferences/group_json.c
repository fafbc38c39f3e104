#include "api/inferences/group_json.h"

#include "api/shape.h"
#include "format/compose.h"
#include "query/filter.h"
#include "query/inferences/gather.h"
#include "store/words.h"

static void write_word(struct compose *out, const char *name, int64_t id, const struct asker *asker)
{
    struct str text = words_text(asker->words, asker->db, id);

    compose_text(out, name, text.size ? text : STR_NONE);
}

static void write_number(struct compose *out, const char *name, int64_t number)
{
    if (number > 0)
        compose_int(out, name, number);
    else
        compose_null(out, name);
}

static void write_model(struct compose *out, const struct inference_series *series,
                        const struct asker *asker)
{
    char account[SHAPE_ID_ROOM];

    shape_account(series->account, account);
    compose_text(out, "account", series->account ? str_of(account) : STR_NONE);
    write_word(out, "region", series->region_id, asker);
    compose_text(out, "namespace", series->namespace);
    compose_text(out, "model_name", series->model_name);
}

static void write_key(struct compose *out, enum question_by by, const struct gather_group *group,
                      const struct asker *asker)
{
    const struct inference_series *series = group->series;

    switch (by) {
    case QUESTION_BY_NOTHING: break;
    case QUESTION_BY_MODEL: write_model(out, series, asker); break;
    case QUESTION_BY_VERSION:
        write_model(out, series, asker);
        write_number(out, "model_version", series->version);
        break;
    case QUESTION_BY_DEPLOYMENT:
        write_model(out, series, asker);
        write_number(out, "deployment_id", series->deployment);
        break;
    case QUESTION_BY_SERVER:
        write_model(out, series, asker);
        write_number(out, "deployment_id", series->deployment);
        write_word(out, "server_id", group->server_id, asker);
        break;
    case QUESTION_BY_ENVIRONMENT:
        write_word(out, "environment", series->environment_id, asker);
        break;
    case QUESTION_BY_STATUS: write_word(out, "status", group->status_id, asker); break;
    case QUESTION_BY_ENDPOINT: write_word(out, "endpoint_name", series->endpoint_id, asker); break;
    case QUESTION_BYS: break;
    }
}

void group_json(struct compose *out, const char *name, enum question_by by,
                const struct gather_group *group, const struct asker *asker)
{
    compose_open(out, name, '{');
    write_key(out, by, group, asker);
    compose_close(out, '}');
}
