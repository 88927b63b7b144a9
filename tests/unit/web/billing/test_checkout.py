"""Becoming Premium, whatever happens on the way."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from runtime.common.subscriptions import SubscriptionRecord
from runtime.common.users import Role
from runtime.web.services.billing import checkout
from runtime.web.services.billing.billing_errors import (
    CardDeclined,
    RequestRefused,
    StripeUnreachable,
)
from runtime.web.services.billing.plan_status import PlanState
from runtime.web.services.billing.stripe_account import StripeAccount
from runtime.web.services.billing.stripe_reader import SubscriptionSnapshot, read_subscription
from tests.cards import AUTHENTICATE, DECLINED, DECLINED_LATER, GOOD, CardRefusal
from tests.unit.web.billing.faults import losing_answers
from tests.unit.web.billing.shop import Shop, status_of


def test_should_be_premium_and_say_so_once_when_a_card_is_charged(shop: Shop) -> None:
    user = shop.user()
    assert shop.subscribe(user).state is PlanState.PREMIUM
    assert shop.role(user) is Role.PREMIUM_USER
    assert shop.users.get(user.user_id).role_since is not None  # type: ignore[union-attr]
    assert shop.plan_changes(user) == 1
    assert shop.record(user).billing_notices == ()


def test_should_stay_free_when_a_card_is_declined_as_it_is_set_up(shop: Shop) -> None:
    user = shop.user()
    with pytest.raises(CardRefusal, match="declined"):
        shop.card(user, DECLINED)
    assert shop.role(user) is Role.FREE_USER
    assert shop.subscriptions(user) == []
    assert shop.subscribe(user).state is PlanState.PREMIUM


def test_should_tell_stripes_sentence_when_the_charge_is_declined(shop: Shop) -> None:
    user = shop.user()
    declined = shop.subscribe(user, DECLINED_LATER)
    assert (declined.state, declined.refusal) == (PlanState.DECLINED, "Your card was declined.")
    assert shop.role(user) is Role.FREE_USER
    assert shop.plan_changes(user) == 0


def test_should_pay_what_was_left_when_another_card_follows_a_declined_one(shop: Shop) -> None:
    user = shop.user()
    shop.subscribe(user, DECLINED_LATER)
    assert shop.subscribe(user, DECLINED_LATER).state is PlanState.DECLINED
    assert shop.subscribe(user).state is PlanState.PREMIUM
    assert len(shop.subscriptions(user)) == 1


def test_should_be_premium_when_what_was_left_is_paid_in_another_tab_meanwhile(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = shop.user()
    shop.subscribe(user, DECLINED_LATER)
    card = shop.card(user)

    def paid_after_it_was_read(
        account: StripeAccount, record: SubscriptionRecord
    ) -> SubscriptionSnapshot:
        reading = read_subscription(account, record)
        assert reading.subscription
        shop.client.v1.invoices.pay(str(reading.subscription.latest_invoice))
        return reading

    monkeypatch.setattr(checkout, "read_subscription", paid_after_it_was_read)
    paid = shop.billing.checkout.subscribe(user.user_id, card)
    assert status_of(paid).state is PlanState.PREMIUM


def test_should_ask_for_confirmation_when_the_bank_wants_one(shop: Shop) -> None:
    user = shop.user()
    asked = shop.subscribe(user, AUTHENTICATE)
    assert asked.state is PlanState.CONFIRM
    assert asked.client_secret
    assert shop.role(user) is Role.FREE_USER
    shop.stripe_js.confirm_card_payment(asked.client_secret)
    assert shop.sync(user).state is PlanState.PREMIUM
    assert shop.role(user) is Role.PREMIUM_USER


def test_should_be_free_and_able_to_try_again_when_the_confirmation_fails(shop: Shop) -> None:
    user = shop.user()
    secret = shop.subscribe(user, AUTHENTICATE).client_secret
    assert secret
    shop.stripe_js.confirm_card_payment(secret, success=False)
    assert shop.sync(user).state in (PlanState.FREE, PlanState.DECLINED)
    assert shop.role(user) is Role.FREE_USER
    assert shop.subscribe(user).state is PlanState.PREMIUM


def test_should_subscribe_once_when_the_button_is_pressed_twice(shop: Shop) -> None:
    user = shop.user()
    card = shop.card(user)
    with ThreadPoolExecutor() as pool:
        clicks = [pool.submit(shop.billing.checkout.subscribe, user.user_id, card) for _ in "ab"]
        states = {status_of(click.result()).state for click in clicks}
    assert states == {PlanState.PREMIUM}
    assert len(shop.subscriptions(user)) == 1


def test_should_subscribe_once_when_two_tabs_pay_at_once(shop: Shop) -> None:
    user = shop.user()
    cards = [shop.card(user, GOOD), shop.card(user, GOOD)]
    with ThreadPoolExecutor() as pool:
        tabs = [pool.submit(shop.billing.checkout.subscribe, user.user_id, card) for card in cards]
        assert {status_of(tab.result()).state for tab in tabs} == {PlanState.PREMIUM}
    assert len(shop.subscriptions(user)) == 1


def test_should_make_one_customer_when_the_first_answer_is_lost(shop: Shop) -> None:
    user = shop.user()
    with losing_answers(shop, "/v1/customers"), pytest.raises(StripeUnreachable):
        shop.card(user)
    shop.card(user)
    customers = shop.client.v1.customers.list({"email": user.email}).data
    assert [customer.id for customer in customers] == [shop.record(user).stripe_customer_id]


def test_should_give_one_secret_when_the_browser_asks_twice(shop: Shop) -> None:
    user = shop.user()
    begin = shop.billing.checkout.create_setup_intent
    assert begin(user.user_id, "try-1") == begin(user.user_id, "try-1")
    assert begin(user.user_id, "try-1") != begin(user.user_id, "try-2")


def test_should_say_what_is_known_when_the_answer_is_lost_after_the_charge(shop: Shop) -> None:
    user = shop.user()
    card = shop.card(user)
    with (
        losing_answers(shop, "/v1/subscriptions", method="post"),
        pytest.raises(StripeUnreachable, match="won't be charged twice"),
    ):
        shop.billing.checkout.subscribe(user.user_id, card)
    assert shop.role(user) is Role.FREE_USER
    assert not shop.billing.subscriptions.status(user).in_sync
    # The page's own check syncs it; so would a second attempt, and neither charges again.
    assert shop.sync(user).state is PlanState.PREMIUM
    again = shop.billing.checkout.subscribe(user.user_id, card)
    assert status_of(again).state is PlanState.PREMIUM
    assert len(shop.subscriptions(user)) == 1
    assert shop.plan_changes(user) == 1


def test_should_be_premium_by_the_event_alone_when_the_tab_was_closed(shop: Shop) -> None:
    user = shop.user()
    card = shop.card(user)
    with losing_answers(shop, "/v1/subscriptions", method="post"), pytest.raises(StripeUnreachable):
        shop.billing.checkout.subscribe(user.user_id, card)
    [subscription] = shop.subscriptions(user)
    shop.hear("customer.subscription.created", subscription)
    assert shop.role(user) is Role.PREMIUM_USER
    assert shop.plan_changes(user) == 1


def test_should_refuse_when_the_card_was_set_up_by_somebody_else(shop: Shop) -> None:
    mallory, ada = shop.user(), shop.user()
    card = shop.card(ada)
    shop.card(mallory)
    with pytest.raises(RequestRefused):
        shop.billing.checkout.subscribe(mallory.user_id, card)
    with pytest.raises(RequestRefused):
        shop.billing.checkout.subscribe(mallory.user_id, "seti_unknown")
    assert shop.subscriptions(mallory) == []


def test_should_refuse_when_the_card_was_not_confirmed(shop: Shop) -> None:
    user = shop.user()
    secret = shop.billing.checkout.create_setup_intent(user.user_id, "try-1")
    with pytest.raises(CardDeclined, match="Enter it again"):
        shop.billing.checkout.subscribe(user.user_id, secret.partition("_secret_")[0])


def test_should_make_a_new_subscription_when_the_one_before_has_ended(shop: Shop) -> None:
    user = shop.subscriber()
    shop.client.v1.subscriptions.cancel(shop.subscription(user).id)
    assert shop.sync(user).state is PlanState.FREE
    assert shop.subscribe(user).state is PlanState.PREMIUM
    assert {one.status for one in shop.subscriptions(user)} == {"active", "canceled"}


def test_should_make_a_new_customer_when_the_one_before_was_deleted(shop: Shop) -> None:
    user = shop.user()
    shop.card(user)
    before = shop.record(user).stripe_customer_id
    shop.client.v1.customers.delete(str(before))
    assert shop.subscribe(user).state is PlanState.PREMIUM
    assert shop.record(user).stripe_customer_id != before


def test_should_try_anew_when_stripe_refused_the_subscription_for_good(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = shop.user()
    card = shop.card(user)
    monkeypatch.setattr(shop.billing.account, "plan", "price_mistyped")
    with pytest.raises(RequestRefused):
        shop.billing.checkout.subscribe(user.user_id, card)
    monkeypatch.undo()
    assert status_of(shop.billing.checkout.subscribe(user.user_id, card)).state is PlanState.PREMIUM
