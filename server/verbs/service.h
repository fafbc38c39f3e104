/* service.h -- all parts of `smon serve`, opened in order and closed in the reverse of it. */
#ifndef SMON_VERBS_SERVICE_H
#define SMON_VERBS_SERVICE_H

#include "base/own.h"
#include "base/when.h"

#include <stdbool.h>
#include <stdint.h>

struct config;
struct fail;
struct service;

/* Takes the data directory, migrates, opens the local socket and the public address. `config` is
 * borrowed as long as the service. */
int  service_open(const struct config *config, struct service **out, struct fail *why);
void service_free(struct service *service);
OWN_PTR_TYPE(service)

/* Keys to begin with, printed to stdout this once, when nobody has any and none was configured.
 * Last, so that a start that fails makes none: nobody would look for them there. */
int service_first_keys(struct service *service, struct fail *why);

uint16_t    service_port(const struct service *service);
const char *service_socket(const struct service *service); /* path of the local socket */

/* No new connections; who waits for errands or listens to a stream is let go, and housekeeping
 * ends. */
void service_quiesce(struct service *service);
/* Waits until everything that was taken has been answered; false: `until` came first. */
bool service_wait_idle(struct service *service, ms until);

/* The collector that leased under this name has ended: what it holds is for the next one. */
void service_forget_collector(struct service *service, const char *worker);

int service_reload_certificate(struct service *service, struct fail *why);

/* Logs once that the store takes no writes, and once that it does again; call it every second. */
void service_watch_store(struct service *service);

#endif
