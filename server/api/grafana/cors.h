/* cors.h -- browsers that ask under /grafana from pages of another origin (a data source with
 * "access: browser"). Only the origins of grafana.origins may; none by default. */
#ifndef SMON_API_GRAFANA_CORS_H
#define SMON_API_GRAFANA_CORS_H

#include <stdbool.h>

struct app;
struct web_request;

/* The request comes from a page that may ask, for a path under /grafana. */
bool cors_allows(const struct app *app, const struct web_request *request);
/* Whatever answers it then says so; without that a browser hides even errors from the page. */
void cors_admit(const struct app *app, struct web_request *request);

#endif
