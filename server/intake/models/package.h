/* package.h -- a model package is a version of a model, and its events keep it up to date.
 *
 * Package 31 of group "orchard-churn" is version 31 of the model
 *
 *     <models.packages_namespace>/orchard-churn      "/sagemaker/orchard-churn"
 *
 * of its account and region, unless its CustomerMetadataProperties say otherwise with `namespace`
 * (and `model_name`) that are well formed. The version is made by the first state change event; an
 * API call alone (CloudTrail), which tells nothing of its contents, only moves what is there. What
 * is newest about approval, status and life cycle stands in the row of table `resource`.
 *
 * Where it stands is decided once, by the first event we hear of: aliases, deployments and
 * inferences name a version by model and number, so it never moves. Should people change
 * `namespace` or `model_name` of a package later, which of two models has it depends on which event
 * came first. */
#ifndef SMON_INTAKE_MODELS_PACKAGE_H
#define SMON_INTAKE_MODELS_PACKAGE_H

struct fail;
struct links;
struct resource;

/* `row` is the package's, after this event. Packages that have no group and number are no versions.
 * 0, or -1 for reasons of the database or of memory only. */
int package_follow(struct links *links, const struct resource *row, struct fail *why);

#endif
