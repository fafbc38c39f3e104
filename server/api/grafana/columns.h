/* columns.h -- the columns of each table that Grafana can be shown: titles, where their cells are,
 * types and units. Each ends with a column without a title. */
#ifndef SMON_API_GRAFANA_COLUMNS_H
#define SMON_API_GRAFANA_COLUMNS_H

#include "api/grafana/metric.h"

extern const struct grafana_column overview_columns[];
extern const struct grafana_column job_columns[];
extern const struct grafana_column one_job_columns[];
extern const struct grafana_column state_columns[];
extern const struct grafana_column phase_columns[];
extern const struct grafana_column lineage_columns[];
extern const struct grafana_column failure_columns[];
extern const struct grafana_column use_columns[];
extern const struct grafana_column host_columns[];
extern const struct grafana_column event_columns[];
extern const struct grafana_column account_columns[];
extern const struct grafana_column region_columns[];
extern const struct grafana_column status_columns[];
extern const struct grafana_column resource_columns[];
extern const struct grafana_column model_columns[];
extern const struct grafana_column version_columns[];
extern const struct grafana_column deployment_columns[];
extern const struct grafana_column rollout_columns[];
extern const struct grafana_column inference_columns[];
extern const struct grafana_column inference_sum_columns[];
extern const struct grafana_column budget_columns[];
extern const struct grafana_column drift_columns[];
extern const struct grafana_column confidence_columns[];
extern const struct grafana_column quarantine_columns[];
extern const struct grafana_column figure_columns[];

#endif
