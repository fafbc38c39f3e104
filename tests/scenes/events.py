"""Events true to life: what EventBridge posts for every kind of job, and whole lives of them.

    events.training("demo", "Completed")          one event
    events.life("training", "demo")               all events of one job, in the order they happened

A job's story begins at START, two hours ago; a status knows at which minute of it it happens, so that events of one
job agree with each other however few of them a scene uses. Ids are made from what the event says:
the same call gives the same event, byte for byte."""

import datetime
import hashlib
import json
import uuid

ACCOUNT = "111122223333"
REGION = "eu-west-1"
START = datetime.datetime.now(datetime.timezone.utc).replace(minute=0, second=0, microsecond=0) \
    - datetime.timedelta(hours=2)

MINUTE_MS = 60_000
TERMINAL = ("Completed", "Failed", "Stopped", "Succeeded")

# Minutes into the story.
STATUS_AT = {"InProgress": 1, "Initializing": 1, "Starting": 1, "Executing": 2, "Stopping": 25,
             "Completed": 30, "Succeeded": 30, "Stopped": 30, "Failed": 30}
SECONDARY_AT = {"Starting": 1, "Downloading": 3, "Training": 5, "Uploading": 25, "Stopping": 25,
                "Interrupted": 12, "Restarting": 14, "Completed": 30, "Failed": 30, "Stopped": 30,
                "MaxRuntimeExceeded": 30}
STARTED_AT = 4
STEP = "fit"


def at(minutes):
    return START + datetime.timedelta(minutes=minutes)


def epoch_ms(minutes):
    return int(at(minutes).timestamp() * 1000)


def iso(minutes):
    return at(minutes).strftime("%Y-%m-%dT%H:%M:%SZ")


def arn(resource, account=ACCOUNT, region=REGION):
    return f"arn:aws:sagemaker:{region}:{account}:{resource}"


def envelope(detail_type, detail, resources, minutes, account=ACCOUNT, region=REGION):
    said = json.dumps([detail_type, detail, resources, minutes, account, region], sort_keys=True)
    return {
        "version": "0",
        "id": str(uuid.UUID(bytes=hashlib.sha256(said.encode()).digest()[:16])),
        "detail-type": f"SageMaker {detail_type}",
        "source": "aws.sagemaker",
        "account": account,
        "time": iso(minutes),
        "region": region,
        "resources": resources,
        "detail": detail,
    }


def again(event, number=1):
    """Another event that says the same: SageMaker sends several for one change."""
    return {**event, "id": str(uuid.uuid5(uuid.UUID(event["id"]), str(number)))}


def ended(detail, prefix, status, minutes):
    if status in TERMINAL:
        detail[f"{prefix}EndTime"] = epoch_ms(minutes)


def training(name, status="InProgress", secondary=None, account=ACCOUNT, region=REGION, started=True,
             **more):
    """`started` False: the job ends before its hardware was there. `more` goes into the detail."""
    secondary = secondary or {"InProgress": "Training"}.get(status, status)
    minutes = SECONDARY_AT.get(secondary, STATUS_AT[status])
    job = arn(f"training-job/{name}", account, region)
    detail = {
        "TrainingJobName": name,
        "TrainingJobArn": job,
        "TrainingJobStatus": status,
        "SecondaryStatus": secondary,
        "HyperParameters": {"epochs": "10"},
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "RoleArn": f"arn:aws:iam::{account}:role/work",
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
        "ResourceConfig": {"InstanceType": "ml.g5.2xlarge", "InstanceCount": 2, "VolumeSizeInGB": 50},
        "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
        "CreationTime": epoch_ms(0),
        "LastModifiedTime": epoch_ms(minutes),
        "Tags": {"team": "risk", "stage": "dev"},
    }
    if started and minutes > STARTED_AT:
        detail["TrainingStartTime"] = epoch_ms(STARTED_AT)
    ended(detail, "Training", status, minutes)
    if status == "Failed":
        detail["FailureReason"] = "AlgorithmError: exit code 1" if started else \
            "CapacityError: no ml.g5.2xlarge to be had"
    detail.update(more)
    return envelope("Training Job State Change", detail, [job], minutes, account, region)


def processing(name, status="InProgress", account=ACCOUNT, region=REGION, **more):
    minutes = STATUS_AT[status]
    job = arn(f"processing-job/{name}", account, region)
    detail = {
        "ProcessingJobName": name,
        "ProcessingJobArn": job,
        "ProcessingJobStatus": status,
        "ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1,
                                                  "VolumeSizeInGB": 30}},
        "AppSpecification": {"ImageUri": "image"},
        "CreationTime": epoch_ms(0),
        "LastModifiedTime": epoch_ms(minutes),
    }
    if minutes > STARTED_AT:
        detail["ProcessingStartTime"] = epoch_ms(STARTED_AT)
    ended(detail, "Processing", status, minutes)
    if status == "Failed":
        detail["FailureReason"] = "ClientError: no such input"
    detail.update(more)
    return envelope("Processing Job State Change", detail, [job], minutes, account, region)


def transform(name, status="InProgress", account=ACCOUNT, region=REGION, **more):
    """Has no LastModifiedTime."""
    minutes = STATUS_AT[status]
    job = arn(f"transform-job/{name}", account, region)
    detail = {
        "TransformJobName": name,
        "TransformJobArn": job,
        "TransformJobStatus": status,
        "ModelName": "model",
        "TransformResources": {"InstanceType": "ml.c5.xlarge", "InstanceCount": 1},
        "CreationTime": epoch_ms(0),
        "Tags": {},
    }
    if minutes > STARTED_AT:
        detail["TransformStartTime"] = epoch_ms(STARTED_AT)
    ended(detail, "Transform", status, minutes)
    detail.update(more)
    return envelope("Transform Job State Change", detail, [job], minutes, account, region)


def tuning(name, status="InProgress", account=ACCOUNT, region=REGION, **more):
    minutes = STATUS_AT[status]
    job = arn(f"hyper-parameter-tuning-job/{name}", account, region)
    detail = {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobArn": job,
        "HyperParameterTuningJobStatus": status,
        "CreationTime": iso(0),
        "LastModifiedTime": iso(minutes),
        "TrainingJobStatusCounters": {"Completed": 3, "InProgress": 1},
        "Tags": {"team": "risk"},
    }
    if status in TERMINAL:
        detail["HyperParameterTuningEndTime"] = iso(minutes)
    detail.update(more)
    return envelope("HyperParameter Tuning Job State Change", detail, [job], minutes, account, region)


def labeling(name, status="Completed", account=ACCOUNT, region=REGION):
    """Has no times of its own; sent for ends only."""
    job = arn(f"labeling-job/{name}", account, region)
    return envelope("Ground Truth Labeling Job State Change", {"LabelingJobStatus": status}, [job],
                    STATUS_AT[status], account, region)


def human_loop(name, status="Completed", account=ACCOUNT, region=REGION):
    job = arn(f"human-loop/{name}", account, region)
    detail = {"creationTime": iso(0), "failureCode": None, "failureReason": None,
              "flowDefinitionArn": arn("flow-definition/flow", account, region),
              "humanLoopArn": job, "humanLoopName": name, "humanLoopStatus": status}
    return envelope("A2I HumanLoop Status Change", detail, [job], STATUS_AT[status], account, region)


def pipeline_execution(name, status="Executing", account=ACCOUNT, region=REGION):
    minutes = STATUS_AT[status]
    pipeline = arn("pipeline/nightly", account, region)
    execution = f"{pipeline}/execution/{name}"
    detail = {"pipelineExecutionDisplayName": name, "currentPipelineExecutionStatus": status,
              "previousPipelineExecutionStatus": "Executing", "executionStartTime": iso(0),
              "pipelineArn": pipeline, "pipelineExecutionArn": execution}
    if status in TERMINAL:
        detail["executionEndTime"] = iso(minutes)
    return envelope("Model Building Pipeline Execution Status Change", detail, [pipeline, execution],
                    minutes, account, region)


def pipeline_step(name, status="Starting", account=ACCOUNT, region=REGION):
    """The one step of execution `name`; the job is called name/STEP."""
    minutes = STATUS_AT[status]
    pipeline = arn("pipeline/nightly", account, region)
    execution = f"{pipeline}/execution/{name}"
    detail = {"metadata": {}, "stepName": STEP, "stepType": "Training", "currentStepStatus": status,
              "previousStepStatus": "Starting", "stepStartTime": iso(0), "pipelineArn": pipeline,
              "pipelineExecutionArn": execution}
    if status in TERMINAL:
        detail["stepEndTime"] = iso(minutes)
    return envelope("Model Building Pipeline Execution Step Status Change", detail,
                    [pipeline, execution], minutes, account, region)


def endpoint(name, status="IN_SERVICE", minutes=10, account=ACCOUNT, region=REGION):
    """`minutes` into the story: endpoints come and go and come again."""
    resource = arn(f"endpoint/{name.lower()}", account, region)
    detail = {"EndpointName": name, "EndpointArn": resource, "EndpointStatus": status,
              "EndpointConfigName": f"{name}-config", "CreationTime": float(epoch_ms(0)),
              "LastModifiedTime": float(epoch_ms(minutes)), "Tags": {}}
    return envelope("Endpoint State Change", detail, [resource], minutes, account, region)


def model_package(group, version=1, status="Completed", approval="PendingManualApproval", minutes=10,
                  account=ACCOUNT, region=REGION, **more):
    resource = arn(f"model-package/{group}/{version}", account, region)
    detail = {"ModelPackageGroupName": group, "ModelPackageVersion": version, "ModelPackageArn": resource,
              "ModelPackageStatus": status, "ModelApprovalStatus": approval, "CreationTime": iso(0),
              "LastModifiedTime": iso(minutes), **more}
    return envelope("Model Package State Change", detail, [resource], minutes, account, region)


def containers(**container):
    """What a package is made of: more=containers(ModelDataUrl=..)."""
    return {"Containers": [{"Image": "serve", **container}]}


def model(name, minutes=11, account=ACCOUNT, region=REGION, **container):
    """`container` is its only one: ModelDataUrl or ModelPackageName."""
    resource = arn(f"model/{name.lower()}", account, region)
    detail = {"ModelName": name, "ModelArn": resource, "CreationTime": epoch_ms(minutes),
              "PrimaryContainer": {"Image": "serve", **container}, "Tags": {}}
    return envelope("Model State Change", detail, [resource], minutes, account, region)


def endpoint_config(name, minutes=12, account=ACCOUNT, region=REGION, **variants):
    """`variants`: name=model."""
    resource = arn(f"endpoint-config/{name.lower()}", account, region)
    detail = {"EndpointConfigName": name, "EndpointConfigArn": resource, "CreationTime": epoch_ms(minutes),
              "ProductionVariants": [{"VariantName": variant, "ModelName": model, "InitialInstanceCount": 1,
                                      "InstanceType": "ml.m5.large", "InitialVariantWeight": 1}
                                     for variant, model in variants.items()], "Tags": {}}
    return envelope("Endpoint Config State Change", detail, [resource], minutes, account, region)


def _training_life(name, end, **where):
    return [training(name, "InProgress", "Starting", **where),
            training(name, "InProgress", "Downloading", **where),
            training(name, "InProgress", "Training", **where),
            training(name, "InProgress", "Uploading", **where),
            training(name, end, **where)]


def _statuses(build, *statuses):
    def events_of(name, end, **where):
        return [build(name, status, **where) for status in statuses] + [build(name, end, **where)]
    return events_of


# kind -> (all events of one job in their order, its ordinary end)
LIVES = {
    "training": (_training_life, "Completed"),
    "processing": (_statuses(processing, "InProgress", "Stopping"), "Stopped"),
    "transform": (_statuses(transform, "InProgress", "Stopping"), "Completed"),
    "tuning": (_statuses(tuning, "InProgress", "Stopping"), "Completed"),
    "labeling": (_statuses(labeling), "Completed"),
    "human_loop": (_statuses(human_loop), "Completed"),
    "pipeline_execution": (_statuses(pipeline_execution, "Executing", "Stopping"), "Succeeded"),
    "pipeline_step": (_statuses(pipeline_step, "Starting", "Executing"), "Failed"),
}


def life(kind, name, end=None, **where):
    build, ordinary = LIVES[kind]
    return build(name, end or ordinary, **where)


def job_name(kind, name):
    """What a job of this life is called in REST."""
    return f"{name}/{STEP}" if kind == "pipeline_step" else name


def end_of(kind):
    return LIVES[kind][1]
