/* Model package: {InferenceSpecification, AdditionalInferenceSpecifications[]}.Containers[],
 *     SourceAlgorithmSpecification.SourceAlgorithms[], MetadataProperties.GeneratedBy
 * Model: PrimaryContainer, Containers[]
 *     a container: {ModelDataUrl | ModelDataSource.S3DataSource.S3Uri, ModelPackageName, Image}
 * Endpoint configuration: {ProductionVariants, ShadowProductionVariants}[].{VariantName, ModelName}
 * Endpoint: EndpointConfigName, PendingDeploymentSummary.EndpointConfigName */
#include "intake/models/links.h"

#include "store/news.h"

static int read_container(struct links *links, uint32_t at, enum lineage_edge edge,
                          struct fail *why)
{
    uint32_t   source = links_at(links, links_at(links, at, "ModelDataSource"), "S3DataSource");
    struct str url    = links_text(links, at, "ModelDataUrl");
    struct str said   = links_text(links, at, "ModelPackageName");
    struct arn package;

    links_arn(links, "model-package", said, &package);
    return links_from(links, LINEAGE_ARTIFACT, url.size ? url : links_text(links, source, "S3Uri"),
                      edge, STR_NONE, why)
           || links_from(links, LINEAGE_PACKAGE, package.text, edge, STR_NONE, why)
           || links_from(links, LINEAGE_IMAGE, links_text(links, at, "Image"), LINEAGE_RUNS,
                         STR_NONE, why);
}

static int read_containers(struct links *links, uint32_t object, const char *member,
                           enum lineage_edge edge, struct fail *why)
{
    struct links_list list = links_list(links, object, member);

    while (links_next(&list))
        if (read_container(links, list.at, edge, why))
            return -1;
    return 0;
}

/* A training job, or the execution of a pipeline. */
static int read_origin(struct links *links, struct fail *why)
{
    uint32_t   properties = links_at(links, links->detail, "MetadataProperties");
    struct str said       = links_text(links, properties, "GeneratedBy");
    struct arn origin;

    if (!str_starts(said, STR("arn:")))
        return 0;
    links_arn(links, "", said, &origin);
    return links_from(links, LINEAGE_JOB, origin.text, LINEAGE_PACKAGED, STR_NONE, why);
}

int links_package(struct links *links, struct fail *why)
{
    struct links_list more = links_list(links, links->detail, "AdditionalInferenceSpecifications");
    uint32_t          source = links_at(links, links->detail, "SourceAlgorithmSpecification");

    while (links_next(&more))
        if (read_containers(links, more.at, "Containers", LINEAGE_PACKAGED, why))
            return -1;
    return read_containers(links, links_at(links, links->detail, "InferenceSpecification"),
                           "Containers", LINEAGE_PACKAGED, why)
           || read_containers(links, source, "SourceAlgorithms", LINEAGE_PACKAGED, why)
           || read_origin(links, why);
}

int links_model(struct links *links, struct fail *why)
{
    return read_container(links, links_at(links, links->detail, "PrimaryContainer"),
                          LINEAGE_MODELLED, why)
           || read_containers(links, links->detail, "Containers", LINEAGE_MODELLED, why);
}

static int read_variants(struct links *links, const char *member, struct fail *why)
{
    struct links_list list = links_list(links, links->detail, member);

    while (links_next(&list)) {
        struct str          name = links_text(links, list.at, "ModelName");
        struct lineage_node from = {.type = LINEAGE_MODEL, .name = name};
        struct arn          model;

        links_arn(links, "model", name, &model);
        from.key = model.text;
        if (links_from_node(links, &from, LINEAGE_CONFIGURED,
                            links_text(links, list.at, "VariantName"), why))
            return -1;
    }
    return 0;
}

int links_endpoint_config(struct links *links, struct fail *why)
{
    return read_variants(links, "ProductionVariants", why)
           || read_variants(links, "ShadowProductionVariants", why);
}

static int read_config(struct links *links, uint32_t object, struct fail *why)
{
    struct str          name = links_text(links, object, "EndpointConfigName");
    struct lineage_node from = {.type = LINEAGE_ENDPOINT_CONFIG, .name = name};
    struct arn          config;

    links_arn(links, "endpoint-config", name, &config);
    from.key = config.text;
    return links_from_node(links, &from, LINEAGE_SERVED_BY, STR_NONE, why);
}

int links_endpoint(struct links *links, struct fail *why)
{
    return read_config(links, links->detail, why)
           || read_config(links, links_at(links, links->detail, "PendingDeploymentSummary"), why);
}
