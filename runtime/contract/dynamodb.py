"""The tables: their keys and indexes, and what the keys of the table `ephemeral` begin with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Index:
    """A global secondary index; only items that have both of its keys are in it.

    Attributes:
        name: of the index.
        partition_key: a string.
        sort_key: a number.
        holds: the attributes that it holds beside all keys; None means every attribute.
    """

    name: str
    partition_key: str
    sort_key: str
    holds: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        key: the partition key, a string.
        indexes: its global secondary indexes.
        expires_at: the attribute with the epoch second after which DynamoDB deletes an item.
        sort_key: a string, in a table that has one.
    """

    key: str
    indexes: tuple[Index, ...] = ()
    expires_at: str | None = None
    sort_key: str | None = None


JOBS_OF_USER = Index("user_id_index", "user_id", "submit_time")
OPEN_JOBS = Index("open_jobs_index", "open_shard", "submit_time", ("job_status", "lease_until"))
"""Only PENDING and RUNNING jobs have an `open_shard`."""

RESTORING_RESULTS = Index("restoring_index", "restoring_user", "restore_due", ())
"""Only jobs whose result is RESTORING have a `restoring_user`."""

ENDED_JOBS = Index(
    "ended_index", "ended_day", "complete_time", ("submit_time", "failure", "variants")
)
"""Only jobs that have ended have an `ended_day`. It holds no name and no owner."""

ANNOTATIONS = Table("job_id", (JOBS_OF_USER, OPEN_JOBS, RESTORING_RESULTS, ENDED_JOBS))
USERS = Table("user_id")
COUNTED_OF_USERS = ("user_id", "role", "email_verified", "suspended_at", "deleted_at")
"""The attributes of users that the janitor may read to count them."""

EPHEMERAL = Table("item_id", expires_at="expires_at")
OWNED_ITEMS = Table("owner", sort_key="item_id", expires_at="expires_at")
"""What belongs to one account or one job, and goes with it."""

AUDIT = Table("owner", sort_key="event_id", expires_at="expires_at")
"""Who did what. The owner is an account's id. Items are only ever added."""

PLAN_PREFIX = "plan#"
"""What a user is told of a change of plan."""

THROTTLE_PREFIX = "throttle#"
"""Counters of attempts."""

STRIPE_PREFIX = "stripe#"
"""Events of Stripe's that were handled."""

PACE_PREFIX = "pace#"
"""How fast jobs end."""

EXPORT_PREFIX = "export#"
"""Who makes an export, and how far it is."""

FIGURES_PREFIX = "figures#"
"""What is counted for operators."""

EMAIL_CHANGE_ITEM = "email-change#"
"""Of an account, in `owned_items`: at which addresses a change of address was confirmed."""

SECOND_FACTOR_ITEM = "second-factor#"
"""Of an account, in `owned_items`: the encrypted secret, and the hashes of recovery codes."""

TOKEN_ITEM = "token#"  # noqa: S105 - of an item's id
"""A token of the API, of an account, in `owned_items`: its name, scopes, and the secret's hash."""

IDEMPOTENCY_ITEM = "idempotency#"
"""Of an account, in `owned_items`: what the API answered to a request with an Idempotency-Key."""

GUEST_ITEM = "guest#"
"""Of a job, in `owned_items`: an address whose account may read it."""

SHARED_JOB_ITEM = "shared-job#"
"""Of an address, in `owned_items`: a job that is shared with it, for the list of its account."""

SHARE_LINK_ITEM = "share-link#"
"""Of a job, in `owned_items`: a link by which anybody may read it; only the secret's hash."""

FILTER_ITEM = "filter#"
"""Of an account, in `owned_items`: a saved filter, by its name."""

STAR_ITEM = "star#"
"""Of a job, in `owned_items`: a variant that somebody has starred."""

COMMENT_ITEM = "comment#"
"""Of a job, in `owned_items`: what somebody has written about a variant."""

REMARKED_JOB_ITEM = "remarked-job#"
"""Of an account, in `owned_items`: a job of somebody else's in which it has starred or written."""

PENDING_MAIL_ITEM = "pending#"
"""Of an account's mails, in `owned_items`: what the next digest is to tell of a job."""

DIGEST_ITEM = "digest#"
"""Of an account's mails, in `owned_items`: when the last digest was sent, and who sends one now."""

MAILS_OWNER = "mails#"
"""What the owners of both begin with: notify may touch no others."""

WEBHOOK_ITEM = "webhook#"
"""Of an account, in `owned_items`: its webhook."""

DELIVERY_ITEM = "delivery#"
"""Of an account, in `owned_items`: what was sent to its webhook, or is to be."""

WRITTEN_BY_WEBHOOKS = (
    *("owner", "item_id", "expires_at", "created_at"),
    *("event_id", "event_type", "body", "state", "attempts", "due", "answer", "answered_at"),
    *("failures", "failing_since", "blocked_until", "disabled_time", "disabled_until"),
)
"""The attributes of items that the process webhooks writes. They are no token's scopes or secret,
no second factor's, and not the address of a webhook."""
