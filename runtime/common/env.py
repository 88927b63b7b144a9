"""Names of the environment variables: the one list that infrastructure and runtime share.

`stacks` writes these into the environment file of each fleet, `runtime.common.config` reads them.
"""

STAGE = "GAS_STAGE"
REGION = "AWS_DEFAULT_REGION"  # the name that boto3 reads; it knows no AWS_REGION

INPUTS_BUCKET = "GAS_INPUTS_BUCKET"
RESULTS_BUCKET = "GAS_RESULTS_BUCKET"
ARCHIVE_BUCKET = "GAS_ARCHIVE_BUCKET"
ANNOTATIONS_TABLE = "GAS_ANNOTATIONS_TABLE"
USERS_TABLE = "GAS_USERS_TABLE"
EPHEMERAL_TABLE = "GAS_EPHEMERAL_TABLE"

JOB_REQUESTS_TOPIC_ARN = "GAS_JOB_REQUESTS_TOPIC_ARN"
JOB_RESULTS_TOPIC_ARN = "GAS_JOB_RESULTS_TOPIC_ARN"
JOB_REQUESTS_QUEUE_URL = "GAS_JOB_REQUESTS_QUEUE_URL"
JOB_REQUESTS_DLQ_URL = "GAS_JOB_REQUESTS_DLQ_URL"
JOB_RESULTS_NOTIFY_QUEUE_URL = "GAS_JOB_RESULTS_NOTIFY_QUEUE_URL"
JOB_RESULTS_ARCHIVE_QUEUE_URL = "GAS_JOB_RESULTS_ARCHIVE_QUEUE_URL"
RESTORE_REQUESTS_QUEUE_URL = "GAS_RESTORE_REQUESTS_QUEUE_URL"
REMOVALS_QUEUE_URL = "GAS_REMOVALS_QUEUE_URL"

MAIL_SENDER = "GAS_MAIL_SENDER"
SITE_URL = "GAS_SITE_URL"
SESSION_SECRET_ARN = "GAS_SESSION_SECRET_ARN"  # noqa: S105 - a variable's name, not a secret
CLIENT_TRIES = "GAS_CLIENT_TRIES"
FREE_MAX_UPLOAD_BYTES = "GAS_FREE_MAX_UPLOAD_BYTES"
FREE_RETENTION_SECONDS = "GAS_FREE_RETENTION_SECONDS"
ARCHIVE_STORAGE_CLASS = "GAS_ARCHIVE_STORAGE_CLASS"
STRIPE_PLAN = "GAS_STRIPE_PLAN"
STRIPE_PUBLISHABLE_KEY = "GAS_STRIPE_PUBLISHABLE_KEY"
STRIPE_SECRET_ARN = "GAS_STRIPE_SECRET_ARN"  # noqa: S105 - a variable's name, not a secret
STRIPE_GRACE_DAYS = "GAS_STRIPE_GRACE_DAYS"
STRIPE_URL = "GAS_STRIPE_URL"
HTTP_PORT = "GAS_HTTP_PORT"
BUNDLE_DIR = "GAS_BUNDLE_DIR"

PROCESS_VARIABLES: dict[str, tuple[str, ...]] = {
    "web": (
        STAGE,
        REGION,
        INPUTS_BUCKET,
        RESULTS_BUCKET,
        ANNOTATIONS_TABLE,
        USERS_TABLE,
        EPHEMERAL_TABLE,
        JOB_REQUESTS_TOPIC_ARN,
        RESTORE_REQUESTS_QUEUE_URL,
        MAIL_SENDER,
        REMOVALS_QUEUE_URL,
        SITE_URL,
        SESSION_SECRET_ARN,
        CLIENT_TRIES,
        FREE_MAX_UPLOAD_BYTES,
        FREE_RETENTION_SECONDS,
        STRIPE_PLAN,
        STRIPE_PUBLISHABLE_KEY,
        STRIPE_SECRET_ARN,
        STRIPE_GRACE_DAYS,
        STRIPE_URL,
        HTTP_PORT,
        BUNDLE_DIR,
    ),
    "annotator": (
        STAGE,
        REGION,
        INPUTS_BUCKET,
        RESULTS_BUCKET,
        ANNOTATIONS_TABLE,
        JOB_REQUESTS_QUEUE_URL,
        JOB_RESULTS_TOPIC_ARN,
        BUNDLE_DIR,
    ),
    "notify": (
        STAGE,
        REGION,
        ANNOTATIONS_TABLE,
        USERS_TABLE,
        JOB_RESULTS_NOTIFY_QUEUE_URL,
        MAIL_SENDER,
        SITE_URL,
    ),
    "archive": (
        STAGE,
        REGION,
        RESULTS_BUCKET,
        ARCHIVE_BUCKET,
        ANNOTATIONS_TABLE,
        USERS_TABLE,
        JOB_RESULTS_ARCHIVE_QUEUE_URL,
        RESTORE_REQUESTS_QUEUE_URL,
        FREE_RETENTION_SECONDS,
        ARCHIVE_STORAGE_CLASS,
        MAIL_SENDER,
        SITE_URL,
    ),
    "janitor": (
        STAGE,
        REGION,
        ANNOTATIONS_TABLE,
        JOB_REQUESTS_TOPIC_ARN,
        JOB_RESULTS_TOPIC_ARN,
        JOB_REQUESTS_DLQ_URL,
    ),
    "removal": (
        STAGE,
        REGION,
        INPUTS_BUCKET,
        RESULTS_BUCKET,
        ARCHIVE_BUCKET,
        ANNOTATIONS_TABLE,
        USERS_TABLE,
        REMOVALS_QUEUE_URL,
        MAIL_SENDER,
        SITE_URL,
    ),
}
"""What each process reads; a fleet's environment file is the union over its processes."""

PYTHON = "GAS_PYTHON"
WHEELS_S3_URI = "GAS_WHEELS_S3_URI"
BUNDLE_S3_URI = "GAS_BUNDLE_S3_URI"

LOG_GROUP = "GAS_LOG_GROUP"
SIGNAL_STACK = "GAS_SIGNAL_STACK"
SIGNAL_RESOURCE = "GAS_SIGNAL_RESOURCE"
LIFECYCLE_HOOK = "GAS_LIFECYCLE_HOOK"

BOOT_VARIABLES = (
    PYTHON,
    WHEELS_S3_URI,
    BUNDLE_S3_URI,
    LOG_GROUP,
    SIGNAL_STACK,
    SIGNAL_RESOURCE,
    LIFECYCLE_HOOK,
)
"""Read by what boots and ends an instance alone; the bundle's only where a process of the fleet
reads one, the hook's only where the group waits for its instances to drain."""

SET_BY_BOOT = (BUNDLE_DIR, HTTP_PORT)
"""Known only on the instance: the boot script exports them, the stacks don't write them."""

SET_BY_LAPTOP = (STRIPE_URL,)
"""Where what stands for Stripe listens. No stack writes it: elsewhere there is one Stripe."""
