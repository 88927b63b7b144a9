"""Each instance has the credentials of its group's role, which may do what its processes do."""

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.cloud import DeployedCloud
from tests.platform.attempts import (
    Attempt,
    assume,
    delete_item,
    delete_object,
    delete_version,
    describe,
    environment,
    for_operators,
    outside_users,
    put,
    put_event,
    raise_capacity,
    read_figures,
    read_item,
    read_owned,
    read_secret,
    receive,
    scan_users,
    send,
    session,
)

if TYPE_CHECKING:
    pass


FLEETS = ("web", "annotator", "utilities", "removal", "restore", "webhooks")
BUCKETS = ("InputsBucket", "ResultsBucket", "ArchiveBucket")
EXPORT = "exports/none/probe"
JOB = ("AnnotationsTable", "job_id")
USER = ("UsersTable", "user_id")
COUNTER = ("EphemeralTable", "item_id")

MAY = [
    ("web", read_item(*JOB)),
    ("web", read_item(*USER)),
    ("web", read_item(*COUNTER)),
    ("web", put("InputsBucket")),
    ("web", put("ResultsBucket", EXPORT)),
    ("annotator", read_item(*JOB)),
    ("annotator", put("ResultsBucket")),
    ("annotator", receive("JobRequestsQueue")),
    ("utilities", read_item(*JOB)),
    ("utilities", read_item(*USER)),
    ("utilities", read_figures),
    ("utilities", scan_users(ProjectionExpression="email_verified, suspended_at")),
    ("utilities", receive("JobResultsNotifyQueue")),
    ("utilities", send("JobResultsNotifyQueue")),
    ("utilities", read_owned("mails#none")),
    ("utilities", send("SurplusCopiesQueue")),
    ("utilities", receive("JobResultsArchiveQueue")),
    ("utilities", put("ArchiveBucket")),
    *(("removal", each(bucket)) for each in (delete_object, delete_version) for bucket in BUCKETS),
    ("removal", delete_object("ResultsBucket", EXPORT)),
    ("removal", receive("RemovalsQueue")),
    ("removal", receive("SurplusCopiesQueue")),
    ("removal", delete_item(*JOB)),
    ("web", send("RemovalsQueue")),
    ("web", read_secret("SessionSecret")),
    ("web", read_secret("StripeSecret")),
    ("web", for_operators(receive("RemovalsDlq"))),
    ("web", for_operators(send("RestoreCompletedQueue"))),
    ("web", for_operators(describe)),
    ("restore", receive("RestoreRequestsQueue")),
    ("restore", receive("RestoreCompletedQueue")),
    ("restore", send("JobResultsArchiveQueue")),
    ("restore", read_item(*JOB)),
    ("restore", read_item(*USER)),
    ("restore", put("ResultsBucket")),
    ("restore", send("SurplusCopiesQueue")),
    ("web", send("WebhooksQueue")),
    ("webhooks", receive("WebhooksQueue")),
    ("webhooks", send("WebhooksQueue")),
    ("webhooks", read_item(*JOB)),
    ("webhooks", read_item(*USER)),
    ("webhooks", read_owned("user#none")),
]

# The emulator doesn't hold sns:Publish and dynamodb:LeadingKeys against a role's policy:
# tests/stacks/test_roles.py and test_events.py do.
MAY_NOT = [
    ("web", put("ResultsBucket")),
    ("web", delete_object("ResultsBucket", EXPORT)),
    ("web", put("InputsBucket", EXPORT)),
    ("annotator", put("ResultsBucket", EXPORT)),
    ("restore", delete_object("ResultsBucket", EXPORT)),
    ("web", receive("JobRequestsQueue")),
    ("web", delete_item(*JOB)),
    ("web", delete_item(*USER)),
    ("web", outside_users("InputsBucket")),
    ("annotator", read_item(*USER)),
    ("annotator", put("InputsBucket")),
    ("annotator", delete_item(*JOB)),
    ("annotator", outside_users("ResultsBucket")),
    ("annotator", receive("JobRequestsDlq")),
    ("annotator", receive("JobResultsNotifyQueue")),
    ("utilities", put("InputsBucket")),
    ("utilities", put("ResultsBucket")),
    ("utilities", receive("JobRequestsQueue")),
    ("utilities", scan_users()),
    ("utilities", scan_users(ProjectionExpression="email")),
    ("utilities", scan_users(ProjectionExpression="email_verified, password_hash")),
    ("web", scan_users(ProjectionExpression="email_verified")),
    ("web", put("ArchiveBucket")),
    ("web", send("JobRequestsQueue")),
    ("web", send("RestoreCompletedQueue")),
    ("annotator", put("ArchiveBucket")),
    *(
        (group, each(bucket))
        for group in ("web", "annotator", "utilities", "restore", "webhooks")
        for each in (delete_object, delete_version)
        for bucket in BUCKETS
    ),
    ("utilities", send("RemovalsQueue")),
    ("utilities", receive("SurplusCopiesQueue")),
    ("utilities", delete_item(*JOB)),
    ("removal", put("ResultsBucket")),
    ("removal", put("ArchiveBucket")),
    ("removal", read_item(*COUNTER)),
    ("web", receive("RemovalsQueue")),
    ("web", receive("RemovalsDlq")),
    ("web", describe),
    ("web", for_operators(receive("RemovalsQueue"))),
    ("web", for_operators(read_item(*USER))),
    ("web", for_operators(raise_capacity)),
    *(
        (group, for_operators(describe))
        for group in ("annotator", "utilities", "removal", "restore")
    ),
    ("annotator", send("RemovalsQueue")),
    ("annotator", read_secret("SessionSecret")),
    ("annotator", read_secret("StripeSecret")),
    ("annotator", read_secret("SignInSecret")),
    ("utilities", send("JobRequestsQueue")),
    ("utilities", read_secret("SessionSecret")),
    ("utilities", read_secret("StripeSecret")),
    ("utilities", read_secret("SignInSecret")),
    ("restore", send("JobRequestsQueue")),
    ("restore", receive("JobRequestsQueue")),
    ("restore", delete_item(*JOB)),
    ("restore", delete_item(*USER)),
    ("restore", put("ArchiveBucket")),
    ("restore", put("InputsBucket")),
    ("restore", outside_users("ResultsBucket")),
    ("restore", send("RemovalsQueue")),
    ("restore", read_secret("SessionSecret")),
    ("restore", read_secret("StripeSecret")),
    ("restore", read_secret("SignInSecret")),
    *(("webhooks", put(bucket)) for bucket in BUCKETS),
    ("webhooks", read_item(*COUNTER)),
    ("webhooks", delete_item(*JOB)),
    ("webhooks", receive("JobResultsNotifyQueue")),
    ("webhooks", send("JobRequestsQueue")),
    ("webhooks", send("RemovalsQueue")),
    ("webhooks", put_event),
    *(("webhooks", read_secret(f"{name}Secret")) for name in ("Session", "Stripe", "SignIn")),
    ("utilities", receive("WebhooksQueue")),
    *((group, assume("Web")) for group in FLEETS if group != "web"),
    *((group, assume("Removal")) for group in FLEETS if group != "removal"),
    *((group, raise_capacity) for group in FLEETS),
]


@pytest.mark.parametrize(("group", "attempt"), MAY)
def test_should_be_allowed_when_the_groups_processes_do_it(
    cloud: DeployedCloud, group: str, attempt: Attempt
) -> None:
    attempt(session(cloud, group), cloud)


@pytest.mark.parametrize(("group", "attempt"), MAY_NOT)
def test_should_be_refused_when_the_groups_processes_do_not_do_it(
    cloud: DeployedCloud, group: str, attempt: Attempt
) -> None:
    with pytest.raises(ClientError) as refusal:
        attempt(session(cloud, group), cloud)

    assert refusal.value.response["Error"]["Code"] in (
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
    )


@pytest.mark.parametrize("group", ["web", "annotator", "utilities"])
def test_should_hold_no_key_when_an_instance_runs(cloud: DeployedCloud, group: str) -> None:
    seen = environment(cloud, group)

    assert "AWS_ACCESS_KEY_ID" not in seen
    assert "AWS_SECRET_ACCESS_KEY" not in seen
    assert seen["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
