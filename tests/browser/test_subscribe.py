"""Paying in a browser, with Stripe's test cards; and what reaches the site without one."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from runtime.common.job import ResultState
from runtime.common.users import Role
from tests.browser.axe import SCHEMES, axe_in_both_themes
from tests.browser.person import Person
from tests.cards import AUTHENTICATE, DECLINED, DECLINED_LATER, GOOD
from tests.cloud import DeployedCloud
from tests.platform.passing_time import let_time_pass
from tests.waiting import wait_until

FIELDS = {"exp_month": "12", "exp_year": "34", "cvc": "123", "postal_code": "8000"}
PATIENCE_MILLISECONDS = 30_000


@dataclass(frozen=True)
class Till:
    """Somebody at the plan's page."""

    cloud: DeployedCloud
    person: Person
    pictures: Path

    @property
    def page(self) -> Page:
        return self.person.page

    def role(self) -> Role:
        user = self.cloud.users.by_email(self.person.email)
        assert user
        return user.role

    def enter(self, number: str) -> None:
        """Fill in the card field, as the Stripe stand-in shows it."""
        self.page.get_by_placeholder("number").fill(number)
        for name, value in FIELDS.items():
            self.page.get_by_placeholder(name).fill(value)

    def pay(self, number: str) -> None:
        self.enter(number)
        self.press("Pay 9.00 EUR")

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def shows(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text, timeout=PATIENCE_MILLISECONDS)

    def look(self, name: str) -> None:
        """Check the page as it is, and keep its picture."""
        axe_in_both_themes(self.page)
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme)
            picture = self.pictures / f"subscribe-{name}-{scheme}.png"
            self.page.screenshot(path=picture, full_page=True, animations="disabled")

    def fail_renewal(self) -> None:
        """Let the period end with a card that is refused then."""
        self.page.goto("/subscribe?card=change")
        self.enter(DECLINED_LATER)
        self.press("Use this card")
        self.page.wait_for_url(lambda url: url.endswith("/subscribe"))
        self.cloud.platform.stripe.end_period(self.subscription_id())

    def archive(self, file: Path) -> str:
        """Have a file annotated and its time over, and look at its page; return the job's id."""
        job_id = self.person.upload(file)
        self.person.wait_for_state("Completed")
        let_time_pass(self.cloud, self.cloud.jobs.require(job_id), 1_000)
        wait_until(lambda: self.result_state(job_id) is ResultState.ARCHIVED, "the archive")
        self.page.goto(f"/jobs/{job_id}")
        return job_id

    def result_state(self, job_id: str) -> ResultState | None:
        return self.cloud.jobs.require(job_id).result_state

    def subscription_id(self) -> str:
        user = self.cloud.users.by_email(self.person.email)
        assert user
        assert user.stripe_subscription_id
        return user.stripe_subscription_id

    def subjects(self) -> list[str]:
        return [mail.subject for mail in self.cloud.mail() if self.person.email in mail.to]


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("GAS_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def till(cloud: DeployedCloud, person: Person, pictures: Path) -> Till:
    person.page.goto("/subscribe")
    return Till(cloud, person, pictures)


@pytest.fixture
def till_with_phone(cloud: DeployedCloud, person_with_phone: Person, pictures: Path) -> Till:
    person_with_phone.page.goto("/subscribe")
    return Till(cloud, person_with_phone, pictures)


def test_should_get_its_result_back_and_keep_it_until_cancelled_when_a_card_is_paid_with(
    till: Till, sample: Path
) -> None:
    """Nothing here is sent by the test but the passing of time: pages, events and queues do it."""
    job_id = till.archive(sample)
    till.page.get_by_role("link", name="Restore it with Premium").click()
    till.look("free")
    till.pay(DECLINED)
    till.shows("Your card was declined. Nothing was charged. Try again, or use another card.")
    assert till.role() is Role.FREE_USER
    till.pay(GOOD)
    till.shows("You are on Premium")
    assert till.role() is Role.PREMIUM_USER
    till.look("premium")
    wait_until(lambda: till.result_state(job_id) is ResultState.AVAILABLE, "the result is back")
    download = till.page.get_by_role("link", name="Download annotated VCF")
    till.page.goto(f"/jobs/{job_id}")
    expect(download).to_be_visible()
    till.page.goto("/profile")
    till.shows("Visa ending in 4242")
    till.shows("9.00 EUR")
    till.look("profile")
    till.press("Cancel the subscription")
    till.shows("Premium until")
    till.look("ending")
    till.press("Keep Premium")
    till.shows("You are on Premium")
    till.press("Cancel the subscription")
    till.shows("Premium until")
    assert till.role() is Role.PREMIUM_USER
    till.cloud.platform.stripe.end_period(till.subscription_id())
    wait_until(lambda: till.role() is Role.FREE_USER, "the end of the period")
    till.page.goto(f"/jobs/{job_id}")
    till.shows("Will be archived in")
    expect(download).to_be_visible()
    told = "Your results will be archived"
    wait_until(lambda: told in till.subjects(), "a mail that results get their time again")
    assert till.subjects().count("Your GAS Premium plan is cancelled") == 2


def test_should_follow_the_bank_when_a_card_must_be_confirmed(till_with_phone: Till) -> None:
    till = till_with_phone
    till.pay(AUTHENTICATE)
    till.press("Complete authentication")  # of the card
    till.press("Fail authentication")  # of the payment
    till.shows("The payment wasn't confirmed")
    assert till.role() is Role.FREE_USER
    till.pay(AUTHENTICATE)
    till.press("Complete authentication")
    # The tab is closed while the bank asks; the page offers it again.
    till.page.get_by_role("button", name="Complete authentication").wait_for()
    till.page.goto("/subscribe")
    till.shows("Confirm the payment")
    till.look("confirm-phone")
    till.press("Confirm with your bank")
    till.press("Complete authentication")
    till.shows("You are on Premium")
    assert till.role() is Role.PREMIUM_USER


def test_should_hear_of_it_by_event_when_a_renewal_fails(till: Till) -> None:
    till.pay(GOOD)
    till.shows("You are on Premium")
    till.fail_renewal()
    failed = "Your payment for GAS Premium failed"
    wait_until(lambda: failed in till.subjects(), "a mail about the payment that failed")
    till.page.goto("/subscribe")
    till.shows("The last payment failed.")
    till.look("past-due")
    assert till.role() is Role.PREMIUM_USER
    till.cloud.platform.stripe.reach_cancel_at(till.subscription_id())
    wait_until(lambda: till.role() is Role.FREE_USER, "the end of the grace")
    assert till.subjects().count(failed) == 1
