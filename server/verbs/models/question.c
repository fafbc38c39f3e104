#include "verbs/models/question.h"

#include <string.h>

#include "base/buf.h"
#include "base/own.h"
#include "verbs/args.h"
#include "verbs/client.h"
#include "verbs/models/target.h"

enum { TEXT_MOST = 16 * 1024 };

/* "/a/b/name" is a namespace and a model, as with the other verbs; a name alone is the model. */
static void add_model(const struct args *args, struct buf *path)
{
    OWN(buf) parent   = BUF_UP_TO(TEXT_MOST);
    const char *model = args_flag(args, "model");
    const char *name  = model ? strrchr(model, '/') : NULL;

    if (model && model[0] == '/' && name > model && name[1]) {
        buf_add(&parent, model, (size_t)(name - model));
        client_query(path, "namespace", buf_c(&parent));
        client_query(path, "account", args_flag(args, "account"));
        client_query(path, "region", args_flag(args, "region"));
        client_query(path, "model", name + 1);
        return;
    }
    target_place(args, path);
    client_query(path, "model", model);
}

void question_path(const struct args *args, struct buf *path)
{
    static const char *const filters[] = {"environment", "endpoint", "status", "from",
                                          "to",          "since",    NULL};

    add_model(args, path);
    client_query(path, "model_version", args_flag(args, "version"));
    client_query(path, "deployment_id", args_flag(args, "deployment"));
    client_query(path, "server_id", args_flag(args, "server"));
    target_filters(args, filters, path);
}
