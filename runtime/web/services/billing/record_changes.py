"""What a subscription changes in the record of its user: a pure function."""

from typing import Any

from runtime.common.subscriptions import Notice, SubscriptionRecord
from runtime.common.users import Role
from runtime.web.services.billing.plan_status import ENDED, PAID, ends_at, role_of
from runtime.web.services.billing.stripe_reader import SubscriptionSnapshot


def changes_of(record: SubscriptionRecord, snapshot: SubscriptionSnapshot) -> dict[str, Any]:
    """Return the attributes that change, with the notices to send; empty when nothing changes.

    A user who never subscribed keeps their role, whoever gave it to them.
    """
    after = _after(record, snapshot)
    changes = {name: value for name, value in after.items() if getattr(record, name) != value}
    if not changes:
        return {}
    if _has_ended(record, changes) or snapshot.customer_gone:
        changes["billing_attempt"] = record.billing_attempt + 1
    notices = [*record.billing_notices, *_notices(record, changes)]
    if notices:
        changes["billing_notices"] = tuple(dict.fromkeys(notices))
    return changes


def _after(record: SubscriptionRecord, snapshot: SubscriptionSnapshot) -> dict[str, Any]:
    subscription = snapshot.subscription
    after: dict[str, Any] = {"stripe_customer_id": None} if snapshot.customer_gone else {}
    if subscription is not None:
        return after | {
            "role": role_of(subscription),
            "stripe_subscription_id": subscription.id,
            "subscription_status": subscription.status,
            "subscription_ends_at": ends_at(subscription),
        }
    if record.stripe_subscription_id is None:
        return after
    return after | {
        "role": Role.FREE_USER,
        "subscription_status": "canceled",
        "subscription_ends_at": record.subscription_ends_at,
    }


def _has_ended(record: SubscriptionRecord, changes: dict[str, Any]) -> bool:
    status = changes.get("subscription_status", record.subscription_status)
    is_news = not changes.keys().isdisjoint({"subscription_status", "stripe_subscription_id"})
    return status in ENDED and is_news


def _notices(record: SubscriptionRecord, changes: dict[str, Any]) -> list[Notice]:
    """Emails are about what the user or the bank did; the plan change reports the rest."""
    notices = [Notice.PLAN_CHANGE] if "role" in changes else []
    status = changes.get("subscription_status", record.subscription_status)
    if status == "past_due" and "subscription_status" in changes:
        notices.append(Notice.PAYMENT_FAILED)
    decided = changes.get("subscription_ends_at") is not None and status in PAID
    unannounced = record.subscription_ends_at is None and record.subscription_status in PAID
    if decided or (status in ENDED and unannounced and "subscription_status" in changes):
        notices.append(Notice.CANCELLED)
    return notices
