"""The second factor: codes of an app, and recovery codes."""

from dataclasses import replace

import pytest

from runtime.common.owned_items import of_user
from runtime.common.users import User
from runtime.contract.dynamodb import SECOND_FACTOR_ITEM
from runtime.web.context import EXTENSION
from runtime.web.half_session import HALF_SECONDS
from runtime.web.services import second_factor
from runtime.web.services.rate_limit import RateLimit
from runtime.web.services.second_factor import (
    PENDING_SECONDS,
    RECOVERY_CODES,
    STEP_SECONDS,
    Enrolment,
    NotBegun,
    SecondFactor,
)
from runtime.web.services.secret_box import SecretBox
from tests.unit.clock import Clock
from tests.unit.outbox import Outbox
from tests.unit.web.second_factor_steps import RECOVERY_CODE, begin, code, enter, sign_in, turn_on
from tests.unit.web.site import PASSWORD, Site

NEW_PASSWORD = "nine purple otters sing"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def clocked(own_site: Site, clock: Clock) -> Site:
    """A site whose codes go by the test's clock."""
    factor = own_site.services.second_factor
    items = type(factor.items)(factor.items._table, clock)
    services = replace(own_site.services, second_factor=replace(factor, items=items, clock=clock))
    own_site.app.extensions[EXTENSION] = services
    return replace(own_site, services=services)


def test_should_ask_for_a_code_after_the_password_when_it_is_on(
    clocked: Site, clock: Clock, outbox: Outbox
) -> None:
    user = clocked.user()
    here, elsewhere = clocked.browser(user), clocked.browser(user)
    secret, codes = turn_on(here, clock)
    assert len(set(codes)) == RECOVERY_CODES
    assert here.get("/jobs").status_code == 200
    assert elsewhere.get("/jobs").status_code == 303
    browser, answer = sign_in(clocked, user, code(secret, clock), next="/upload")
    assert answer.location == "/upload"
    assert browser.get("/jobs").status_code == 200
    subjects = [mail.subject for mail in outbox.to(user.email)]
    assert subjects == ["The second factor of your GAS account is on"]


def test_should_keep_the_secret_to_itself_when_it_was_confirmed(
    clocked: Site, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    user = clocked.user()
    browser = clocked.browser(user)
    secret, codes = turn_on(browser, clock)
    kept = clocked.services.second_factor.items.all(of_user(user.user_id), SECOND_FACTOR_ITEM)
    shown = browser.get("/profile/second-factor").text + browser.get("/profile").text
    for text in (str(kept), shown, capsys.readouterr().out):
        assert secret not in text
        assert not any(each in text for each in codes)
    assert browser.get("/profile/second-factor/confirm").location == "/profile/second-factor"


def test_should_stay_off_when_the_first_code_is_wrong_or_too_late(
    clocked: Site, clock: Clock
) -> None:
    user = clocked.user()
    browser = clocked.browser(user)
    secret = begin(browser)
    wrong = browser.post("/profile/second-factor/confirm", code="000000")
    assert wrong.status_code == 422
    clock.advance(PENDING_SECONDS)
    late = browser.post("/profile/second-factor/confirm", code=code(secret, clock))
    assert late.location == "/profile/second-factor"
    assert clocked.visitor().sign_in(user.email).location == "/jobs"


def test_should_need_the_password_when_it_is_set_up(clocked: Site) -> None:
    browser = clocked.browser(clocked.user())
    answer = browser.post("/profile/second-factor", password="wrong")
    assert answer.status_code == 422
    assert "That isn&#39;t your password" in answer.text
    assert browser.get("/profile/second-factor/confirm").status_code == 303


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True)])
def test_should_accept_the_codes_of_one_step_before_and_after(
    clocked: Site, clock: Clock, steps: int, right: bool
) -> None:
    user = clocked.user()
    secret, _ = turn_on(clocked.browser(user), clock)
    clock.advance(10 * STEP_SECONDS)
    _, answer = sign_in(clocked, user, code(secret, clock, steps=steps))
    assert answer.status_code == (303 if right else 422)
    _, too_early = sign_in(clocked, user, code(secret, clock, steps=2))
    assert too_early.status_code == 422


def test_should_refuse_a_code_when_it_was_used_before(clocked: Site, clock: Clock) -> None:
    user = clocked.user()
    secret, _ = turn_on(clocked.browser(user), clock)
    used = code(secret, clock)
    assert sign_in(clocked, user, used)[1].status_code == 303
    _, again = sign_in(clocked, user, used)
    assert again.status_code == 422
    assert "was used before" in again.text


def test_should_accept_a_recovery_code_once_and_tell_the_owner(
    clocked: Site, clock: Clock, outbox: Outbox
) -> None:
    user = clocked.user()
    _, codes = turn_on(clocked.browser(user), clock)
    assert sign_in(clocked, user, codes[0].upper().replace("-", " "))[1].status_code == 303
    assert sign_in(clocked, user, codes[0])[1].status_code == 422
    told = outbox.to(user.email)[-1]
    assert told.subject == "A recovery code of your GAS account was used"
    assert "Unused codes left: 9" in told.text


def test_should_answer_alike_when_the_password_is_wrong(clocked: Site, clock: Clock) -> None:
    with_factor, without = clocked.user(), clocked.user()
    turn_on(clocked.browser(with_factor), clock)
    pages = []
    for user in (with_factor, without):
        answer = clocked.visitor().sign_in(user.email, "wrong")
        assert answer.status_code == 422
        said = answer.text.replace(user.email, "")
        pages.append([line for line in said.splitlines() if "csrf" not in line])
    assert pages[0] == pages[1]


def test_should_ask_for_the_password_again_when_the_code_comes_late(
    clocked: Site, clock: Clock
) -> None:
    user = clocked.user()
    secret, _ = turn_on(clocked.browser(user), clock)
    browser = clocked.visitor()
    browser.sign_in(user.email)
    clock.advance(HALF_SECONDS)
    assert enter(browser, code(secret, clock)).location == "/sign-in"


def test_should_ask_for_the_password_again_when_it_was_changed_meanwhile(
    clocked: Site, clock: Clock
) -> None:
    user = clocked.user()
    owner = clocked.browser(user)
    secret, _ = turn_on(owner, clock)
    browser = clocked.visitor()
    browser.sign_in(user.email)
    owner.post("/profile/password", password=PASSWORD, new_password=NEW_PASSWORD)
    assert enter(browser, code(secret, clock)).location == "/sign-in"


def test_should_refuse_even_the_right_code_when_there_were_too_many(
    clocked: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = RateLimit("test-codes", attempts=2, seconds=86400)
    monkeypatch.setattr(second_factor, "CODES", few)
    user = clocked.user()
    secret, _ = turn_on(clocked.browser(user), clock)
    browser = clocked.visitor()
    browser.sign_in(user.email)
    assert [enter(browser, "000000").status_code for _ in range(3)] == [422, 422, 429]
    refused = enter(browser, code(secret, clock))
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "Too many codes" in refused.text


def test_should_stay_on_when_the_password_is_reset(clocked: Site, clock: Clock) -> None:
    user = clocked.user()
    turn_on(clocked.browser(user), clock)
    users = clocked.services.users
    fresh = users.get(user.user_id)
    assert fresh
    users.set_password(user.user_id, NEW_PASSWORD, epoch=fresh.session_epoch)
    assert clocked.visitor().sign_in(user.email, NEW_PASSWORD).location == "/sign-in/code"


@pytest.mark.parametrize(
    ("password", "is_right"), [(PASSWORD, False), ("wrong", True), ("wrong", False)]
)
def test_should_stay_on_when_the_password_or_the_code_is_wrong(
    clocked: Site, clock: Clock, password: str, is_right: bool
) -> None:
    user = clocked.user()
    browser = clocked.browser(user)
    secret, codes = turn_on(browser, clock)
    typed = code(secret, clock) if is_right else "000000"
    for change in ("turn-off", "recovery-codes"):
        answer = browser.post(f"/profile/second-factor/{change}", password=password, code=typed)
        assert answer.status_code == 422
    assert sign_in(clocked, user, codes[0])[1].status_code == 303


def test_should_be_off_when_it_is_turned_off(clocked: Site, clock: Clock, outbox: Outbox) -> None:
    user = clocked.user()
    browser = clocked.browser(user)
    secret, _ = turn_on(browser, clock)
    answer = browser.post(
        "/profile/second-factor/turn-off", password=PASSWORD, code=code(secret, clock)
    )
    assert "The second factor is off" in browser.get(answer.location).text
    assert clocked.visitor().sign_in(user.email).location == "/jobs"
    assert clocked.services.second_factor.items.all(of_user(user.user_id), SECOND_FACTOR_ITEM) == []
    assert outbox.to(user.email)[-1].subject == "The second factor of your GAS account is off"


def test_should_stop_the_earlier_recovery_codes_when_new_ones_are_made(
    clocked: Site, clock: Clock, outbox: Outbox
) -> None:
    user = clocked.user()
    browser = clocked.browser(user)
    secret, old = turn_on(browser, clock)
    page = browser.post(
        "/profile/second-factor/recovery-codes", password=PASSWORD, code=code(secret, clock)
    )
    new = RECOVERY_CODE.findall(page.text)
    assert len(set(new) - set(old)) == RECOVERY_CODES
    assert sign_in(clocked, user, old[0])[1].status_code == 422
    assert sign_in(clocked, user, new[0])[1].status_code == 303
    assert "New recovery codes" in outbox.to(user.email)[-2].subject


def test_should_accept_recovery_codes_only_when_the_session_secret_is_another_one(
    clocked: Site, clock: Clock
) -> None:
    user = clocked.user()
    secret, codes = turn_on(clocked.browser(user), clock)
    factor = replace(clocked.services.second_factor, box=SecretBox("another", "second factor"))
    clocked.app.extensions[EXTENSION] = replace(clocked.services, second_factor=factor)
    assert sign_in(clocked, user, code(secret, clock))[1].status_code == 422
    assert sign_in(clocked, user, codes[0])[1].status_code == 303


def test_should_keep_the_recovery_codes_when_it_is_turned_on_twice_at_once(
    clocked: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    factor, user, made = clocked.services.second_factor, clocked.user(), list[str]()
    factor.begin(user)
    first = code(factor.enrolment(user).secret, clock)
    asked = SecondFactor.enrolment

    def overtaken(_self: SecondFactor, _user: User) -> Enrolment:
        """The other request does all of its work meanwhile."""
        monkeypatch.setattr(SecondFactor, "enrolment", asked)
        enrolment = factor.enrolment(user)
        made.extend(factor.turn_on(user, first))
        return enrolment

    monkeypatch.setattr(SecondFactor, "enrolment", overtaken)
    with pytest.raises(NotBegun):
        factor.turn_on(user, first)
    assert factor.check(user, made[0], client="here")


def test_should_stay_on_and_say_so_when_a_change_of_address_is_stopped(
    clocked: Site, clock: Clock, outbox: Outbox
) -> None:
    user = clocked.user()
    clocked.browser(user).post("/profile/email", email=f"new-{user.email}", password=PASSWORD)
    stop = outbox.to(user.email)[-1].link("/stop-email-change/")
    factor = clocked.services.second_factor
    factor.begin(user)
    factor.turn_on(user, code(factor.enrolment(user).secret, clock))
    assert "Signing in also needs a code" in clocked.visitor().post(stop).text
    stopped = clocked.services.users.get(user.user_id)
    assert stopped is not None
    assert not stopped.has_password
    assert factor.is_on(stopped)
