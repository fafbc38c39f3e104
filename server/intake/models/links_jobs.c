/* Training, in its last event:
 *     InputDataConfig[].{ChannelName, DataSource.S3DataSource.S3Uri}
 *     AlgorithmSpecification.TrainingImage
 *     ModelArtifacts.S3ModelArtifacts, or else OutputDataConfig.{S3OutputPath, CompressionType}
 * Processing: ProcessingInputs[].{InputName, S3Input.S3Uri}, AppSpecification.ImageUri,
 *     ProcessingOutputConfig.Outputs[].S3Output.S3Uri
 * Transform: ModelName, TransformInput.DataSource.S3DataSource.S3Uri, TransformOutput.S3OutputPath
 * Pipeline step: pipelineExecutionArn, stepName, metadata.<type>.arn */
#include "intake/models/links.h"

#include "base/fail.h"
#include "base/own.h"
#include "store/news.h"

static struct str source_uri(struct links *links, uint32_t object)
{
    uint32_t source = links_at(links, object, "DataSource");

    return links_text(links, links_at(links, source, "S3DataSource"), "S3Uri");
}

static int read_channels(struct links *links, struct fail *why)
{
    struct links_list list = links_list(links, links->detail, "InputDataConfig");

    while (links_next(&list))
        if (links_from(links, LINEAGE_DATA, source_uri(links, list.at), LINEAGE_READ,
                       links_text(links, list.at, "ChannelName"), why))
            return -1;
    return 0;
}

/* Where SageMaker puts the model when the event does not say: under the job's name. */
static int derive_artifact(struct links *links, struct fail *why)
{
    OWN(buf) uri               = BUF_UP_TO(LINEAGE_KEY_MOST);
    uint32_t         output    = links_at(links, links->detail, "OutputDataConfig");
    const struct str start     = links_text(links, output, "S3OutputPath");
    const bool       is_packed = !str_is_text(links_text(links, output, "CompressionType"), "NONE");

    if (!start.size || !str_is_text(links->news->status, "Completed"))
        return 0;
    buf_str(&uri, start);
    if (!str_ends(start, STR("/")))
        buf_char(&uri, '/');
    buf_str(&uri, links->news->name);
    buf_text(&uri, is_packed ? "/output/model.tar.gz" : "/output/model/");
    if (uri.broken == FAIL_MEMORY)
        return buf_check(&uri, why);
    return links_to(links, LINEAGE_PRODUCED, STR_NONE, LINEAGE_ARTIFACT,
                    uri.broken ? STR_NONE : buf_view(&uri), why);
}

static int read_artifact(struct links *links, struct fail *why)
{
    struct str said =
        links_text(links, links_at(links, links->detail, "ModelArtifacts"), "S3ModelArtifacts");

    return said.size ? links_to(links, LINEAGE_PRODUCED, STR_NONE, LINEAGE_ARTIFACT, said, why)
                     : derive_artifact(links, why);
}

/* The tuning job, or whatever else it is a child of. */
static int read_parent(struct links *links, struct fail *why)
{
    struct arn parent;

    if (!str_starts(links->news->parent, STR("arn:")))
        return 0;
    links_arn(links, "", links->news->parent, &parent);
    return links_from(links, LINEAGE_JOB, parent.text, LINEAGE_STARTED, STR_NONE, why);
}

int links_training(struct links *links, struct fail *why)
{
    uint32_t   algorithm = links_at(links, links->detail, "AlgorithmSpecification");
    struct str image     = links_text(links, algorithm, "TrainingImage");

    return read_channels(links, why)
           || links_from(links, LINEAGE_IMAGE, image, LINEAGE_RUNS, STR_NONE, why)
           || read_parent(links, why) || read_artifact(links, why);
}

int links_processing(struct links *links, struct fail *why)
{
    struct links_list inputs  = links_list(links, links->detail, "ProcessingInputs");
    uint32_t          config  = links_at(links, links->detail, "ProcessingOutputConfig");
    struct links_list outputs = links_list(links, config, "Outputs");
    struct str        image =
        links_text(links, links_at(links, links->detail, "AppSpecification"), "ImageUri");

    while (links_next(&inputs))
        if (links_from(links, LINEAGE_DATA,
                       links_text(links, links_at(links, inputs.at, "S3Input"), "S3Uri"),
                       LINEAGE_READ, links_text(links, inputs.at, "InputName"), why))
            return -1;
    while (links_next(&outputs))
        if (links_to(links, LINEAGE_PRODUCED, STR_NONE, LINEAGE_DATA,
                     links_text(links, links_at(links, outputs.at, "S3Output"), "S3Uri"), why))
            return -1;
    return links_from(links, LINEAGE_IMAGE, image, LINEAGE_RUNS, STR_NONE, why);
}

int links_transform(struct links *links, struct fail *why)
{
    const struct str    name  = links_text(links, links->detail, "ModelName");
    uint32_t            input = links_at(links, links->detail, "TransformInput");
    uint32_t            sink  = links_at(links, links->detail, "TransformOutput");
    struct arn          model;
    struct lineage_node from = {.type = LINEAGE_MODEL, .name = name};

    links_arn_of(links, "model", name, &model);
    from.key = model.text;
    return links_from_node(links, &from, LINEAGE_READ, STR_NONE, why)
           || links_from(links, LINEAGE_DATA, source_uri(links, input), LINEAGE_READ, STR_NONE, why)
           || links_to(links, LINEAGE_PRODUCED, STR_NONE, LINEAGE_DATA,
                       links_text(links, sink, "S3OutputPath"), why);
}

/* {"trainingJob":{"arn":..}}: from the execution to what it made. */
int links_step(struct links *links, struct fail *why)
{
    const struct scan *scan     = &links->scan;
    uint32_t           metadata = links_at(links, links->detail, "metadata");
    struct str         step     = links_text(links, links->detail, "stepName");
    struct arn         made;
    uint32_t           name;

    if (metadata == SCAN_NONE || scan_type(scan, metadata) != SCAN_OBJECT)
        return 0;
    links_arn(links, "", links_text(links, links->detail, "pipelineExecutionArn"), &links->arn);
    links->self = (struct lineage_node){.type = LINEAGE_JOB, .key = links->arn.text};
    name        = scan_first(scan, metadata);
    if (name == SCAN_NONE)
        return 0;
    links_arn(links, "", links_text(links, scan_next(scan, metadata, name), "arn"), &made);
    return links_to(links, LINEAGE_STARTED, step, links_type(made.text), made.text, why);
}
