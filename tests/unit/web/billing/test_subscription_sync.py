"""The role follows the subscription: renewals, grace periods, ends, and changes made at Stripe."""

import uuid
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from runtime.common.email_changes import EmailChanges
from runtime.common.subscriptions import Notice
from runtime.common.users import Role
from runtime.web.services.billing.billing_errors import StripeUnreachable
from runtime.web.services.billing.grace_period import DAY_SECONDS
from runtime.web.services.billing.plan_status import PlanState, period_end, period_start
from runtime.web.services.billing.stripe_events import Outcome
from tests.cards import AUTHENTICATE, GOOD
from tests.unit.web.billing.faults import losing_answers
from tests.unit.web.billing.shop import GRACE_DAYS, Shop

FAILED = "Your payment for GAS Premium failed"
CANCELLED = "Your GAS Premium plan is cancelled"
OVER = "Your GAS Premium plan has ended"


def test_should_leave_a_role_alone_when_there_was_never_a_subscription(shop: Shop) -> None:
    free, granted = shop.user(), shop.user(Role.PREMIUM_USER)
    shop.card(granted)  # a customer at Stripe, who never subscribed
    assert shop.sync(free).state is PlanState.FREE
    assert shop.sync(granted).state is PlanState.GRANTED
    assert shop.role(granted) is Role.PREMIUM_USER
    assert shop.plan_changes(granted) == 0


def test_should_know_nobody_when_the_user_is_gone(shop: Shop) -> None:
    assert shop.billing.synchronizer.sync("nobody") is None


def test_should_stay_premium_when_a_renewal_is_paid(shop: Shop) -> None:
    user = shop.subscriber()
    shop.payments.end_period(shop.subscription(user).id)
    assert shop.sync(user).state is PlanState.PREMIUM
    assert shop.plan_changes(user) == 1


def test_should_stay_premium_and_write_when_a_renewal_fails(shop: Shop) -> None:
    user = shop.subscriber()
    shop.fail_renewal(user)
    status = shop.sync(user)
    shop.sync(user)
    until = period_start(shop.subscription(user)) + GRACE_DAYS * DAY_SECONDS
    assert (status.state, status.ends_at) == (PlanState.PAST_DUE, until)
    assert shop.subscription(user).cancel_at == until
    assert shop.role(user) is Role.PREMIUM_USER
    assert shop.subjects(user) == [FAILED]
    assert shop.plan_changes(user) == 1


def test_should_continue_when_another_card_is_entered_in_the_grace_period(shop: Shop) -> None:
    user = shop.subscriber()
    shop.fail_renewal(user)
    shop.sync(user)
    assert shop.subscribe(user).state is PlanState.PREMIUM
    assert shop.subscription(user).cancel_at is None
    assert shop.record(user).subscription_ends_at is None
    assert shop.plan_changes(user) == 1


def test_should_be_free_when_the_grace_period_is_over(shop: Shop) -> None:
    user = shop.subscriber()
    shop.fail_renewal(user)
    shop.sync(user)
    shop.payments.reach_cancel_at(shop.subscription(user).id)
    assert shop.sync(user).state is PlanState.FREE
    assert shop.role(user) is Role.FREE_USER
    assert shop.plan_changes(user) == 2
    assert shop.subjects(user) == [FAILED]


def test_should_end_at_once_when_a_failure_is_reported_after_the_grace_period(shop: Shop) -> None:
    user = shop.subscriber()
    shop.fail_renewal(user)
    # Its period has only begun, a month from now: that of the renewal.
    shop.clock.now = period_start(shop.subscription(user)) + GRACE_DAYS * DAY_SECONDS
    assert shop.sync(user).state is PlanState.FREE
    assert shop.role(user) is Role.FREE_USER
    assert shop.subscription(user).status == "canceled"


def test_should_leave_nothing_to_pay_when_the_grace_period_is_over(shop: Shop) -> None:
    user = shop.subscriber()
    shop.fail_renewal(user)
    shop.sync(user)
    assert shop.invoices(user) == ["open", "paid"]
    shop.payments.reach_cancel_at(shop.subscription(user).id)
    with losing_answers(shop, "/void"), pytest.raises(StripeUnreachable):
        shop.sync(user)
    ended = shop.subscription(user)
    assert shop.hear("customer.subscription.deleted", ended) is Outcome.SYNCED
    assert shop.invoices(user) == ["void", "paid"]
    assert shop.role(user) is Role.FREE_USER
    assert shop.subscription(user).status == "canceled"


def test_should_leave_nothing_to_pay_when_one_ends_what_is_not_paid(shop: Shop) -> None:
    user = shop.subscriber()
    shop.fail_renewal(user)
    shop.billing.subscriptions.cancel(user.user_id)
    assert shop.invoices(user) == ["void", "paid"]
    assert shop.subscribe(user).state is PlanState.PREMIUM
    assert sorted(shop.invoices(user)) == ["paid", "paid", "void"]


def test_should_ask_for_confirmation_when_a_renewal_needs_one(shop: Shop) -> None:
    user = shop.subscriber()
    shop.use_card(user, shop.card(user, AUTHENTICATE))
    shop.payments.end_period(shop.subscription(user).id)
    asked = shop.sync(user)
    assert asked.state is PlanState.CONFIRM
    assert asked.client_secret
    assert shop.role(user) is Role.PREMIUM_USER
    shop.stripe_js.confirm_card_payment(asked.client_secret)
    assert shop.sync(user).state is PlanState.PREMIUM


def test_should_stay_premium_to_the_end_of_the_period_when_cancelled(shop: Shop) -> None:
    user = shop.subscriber()
    shop.billing.subscriptions.cancel(user.user_id)
    shop.billing.subscriptions.cancel(user.user_id)
    status = shop.sync(user)
    assert (status.state, status.ends_at) == (
        PlanState.ENDING,
        period_end(shop.subscription(user)),
    )
    assert shop.role(user) is Role.PREMIUM_USER
    assert shop.subjects(user) == [CANCELLED]
    shop.payments.end_period(shop.subscription(user).id)
    assert shop.sync(user).state is PlanState.FREE
    assert shop.role(user) is Role.FREE_USER
    assert shop.plan_changes(user) == 2
    assert shop.subjects(user) == [CANCELLED]


def test_should_go_on_when_a_cancellation_is_taken_back(shop: Shop) -> None:
    user = shop.subscriber()
    shop.billing.subscriptions.cancel(user.user_id)
    shop.billing.subscriptions.resume(user.user_id)
    assert shop.sync(user).state is PlanState.PREMIUM
    shop.payments.end_period(shop.subscription(user).id)
    assert shop.sync(user).state is PlanState.PREMIUM
    assert shop.role(user) is Role.PREMIUM_USER


@pytest.mark.parametrize("by_period_end", [True, False])
def test_should_go_on_when_the_end_that_is_taken_back_has_a_date(
    shop: Shop, by_period_end: bool
) -> None:
    """As the customer portal and flexible billing mode write it."""
    user = shop.subscriber()
    subscription = shop.subscription(user)
    end = period_end(subscription)
    shop.client.v1.subscriptions.update(
        subscription.id, {"cancel_at": end, "cancel_at_period_end": by_period_end}
    )
    ending = shop.sync(user)
    assert (ending.state, ending.ends_at) == (PlanState.ENDING, end)
    shop.billing.subscriptions.resume(user.user_id)
    assert shop.sync(user).state is PlanState.PREMIUM


def test_should_end_now_when_what_is_not_paid_for_is_cancelled(shop: Shop) -> None:
    user = shop.subscriber()
    shop.fail_renewal(user)
    shop.sync(user)
    shop.billing.subscriptions.cancel(user.user_id)
    assert shop.role(user) is Role.FREE_USER
    assert shop.subscription(user).status == "canceled"


def test_should_be_free_and_write_when_it_is_deleted_in_the_dashboard(shop: Shop) -> None:
    user = shop.subscriber()
    shop.client.v1.subscriptions.cancel(shop.subscription(user).id)
    assert shop.sync(user).state is PlanState.FREE
    assert shop.role(user) is Role.FREE_USER
    assert shop.subjects(user) == [OVER]


def test_should_tell_nobody_when_the_account_is_being_deleted(shop: Shop) -> None:
    user = shop.subscriber()
    shop.billing.subscriptions.delete_customer(user)
    shop.users.mark_deleted(user.user_id)
    assert shop.sync(user).state is PlanState.FREE
    assert shop.plan_changes(user) == 1
    assert shop.subjects(user) == []


def test_should_be_free_when_the_customer_is_deleted_in_the_dashboard(shop: Shop) -> None:
    user = shop.subscriber()
    shop.client.v1.customers.delete(str(shop.record(user).stripe_customer_id))
    assert shop.sync(user).state is PlanState.FREE
    assert shop.role(user) is Role.FREE_USER
    assert shop.subscribe(user).state is PlanState.PREMIUM


def test_should_end_as_stripe_says_when_upgrade_and_cancellation_follow_each_other(
    shop: Shop,
) -> None:
    user = shop.subscriber()
    for _ in range(3):
        shop.client.v1.subscriptions.cancel(shop.subscription(user).id)
        shop.sync(user)
        shop.subscribe(user)
    assert shop.role(user) is Role.PREMIUM_USER
    assert shop.plan_changes(user) == 7
    assert [one.status for one in shop.subscriptions(user)].count("active") == 1


def test_should_not_write_what_is_older_when_stripe_changes_between_read_and_write(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that says active is on its way while the subscription ends and is synced."""
    user = shop.user()
    card = shop.card(user)
    change = shop.store.change
    raced: list[bool] = []

    def race(record: Any, changes: Any) -> Any:
        if not raced and changes.get("role") is Role.PREMIUM_USER:
            raced.append(True)
            [subscription] = shop.subscriptions(user)
            shop.client.v1.subscriptions.cancel(subscription.id)
            shop.sync(user)
        return change(record, changes)

    monkeypatch.setattr(shop.store, "change", race)
    shop.billing.checkout.subscribe(user.user_id, card)
    assert raced
    assert shop.role(user) is Role.FREE_USER


@pytest.mark.parametrize("cut", ["before", "after"])
def test_should_send_the_change_of_plan_when_it_was_cut_off_around_the_sending(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    user = shop.user()
    card = shop.card(user)
    deliver = type(shop.billing.synchronizer.notices).deliver

    def cut_off(notices: Any, record: Any) -> None:
        if cut == "after":
            deliver(notices, record)
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(type(shop.billing.synchronizer.notices), "deliver", cut_off)
        with pytest.raises(SystemExit):
            shop.billing.checkout.subscribe(user.user_id, card)
    assert shop.role(user) is Role.PREMIUM_USER
    shop.clock.advance(60)  # others wait for whoever was at it
    shop.sync(user)
    assert shop.plan_changes(user) == (1 if cut == "before" else 2)
    shop.sync(user)
    assert shop.record(user).billing_notices == ()


def test_should_be_premium_all_the_same_when_the_queue_is_away(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = shop.user()

    def away(*_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://sqs.test")

    with monkeypatch.context() as patch:
        patch.setattr(type(shop.billing.synchronizer.notices), "deliver", away)
        assert shop.subscribe(user, GOOD).state is PlanState.PREMIUM
    assert shop.plan_changes(user) == 0
    shop.clock.advance(60)
    shop.sync(user)
    assert shop.plan_changes(user) == 1


def test_should_give_the_customer_the_new_address_when_the_users_has_changed(shop: Shop) -> None:
    user = shop.subscriber()
    new = f"{uuid.uuid4().hex}@example.org"
    EmailChanges(shop.users._table).change(user.user_id, old=user.email, new=new, epoch=0)
    customer = str(shop.record(user).stripe_customer_id)
    with losing_answers(shop, f"/v1/customers/{customer}", method="post"):
        assert not shop.sync(user).in_sync
    assert shop.record(user).billing_notices == (Notice.ADDRESS,)
    assert shop.sync(user).state is PlanState.PREMIUM
    assert shop.client.v1.customers.retrieve(customer).email == new
    assert shop.record(user).billing_notices == ()
