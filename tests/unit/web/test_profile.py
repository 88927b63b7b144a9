"""What users do about their own account."""

import json
import uuid

import pytest
from botocore.exceptions import EndpointConnectionError

from runtime.common.messages import Removal
from runtime.common.users import User
from runtime.web.services.removal_requests import AccountDeletion
from tests.unit.outbox import Outbox
from tests.unit.web.site import PASSWORD, Site

NEW_PASSWORD = "nine purple otters sing"


def test_should_show_plan_name_and_address(site: Site) -> None:
    user = site.user("Grace")
    page = site.browser(user).get("/profile").text
    assert "Grace" in page
    assert user.email in page
    assert "Free" in page


def test_should_change_the_name(site: Site) -> None:
    user = site.user()
    browser = site.browser(user)
    answer = browser.post("/profile/name", name="  Ada, Countess of Lovelace ")
    assert answer.location == "/profile?changed=name"
    assert "Ada, Countess of Lovelace" in browser.get(answer.location).text
    refused = browser.post("/profile/name", name=" ")
    assert refused.status_code == 422
    assert "Enter your name" in refused.text


def test_should_end_every_other_session_when_the_password_is_changed(
    site: Site, outbox: Outbox
) -> None:
    user = site.user()
    browser, elsewhere = site.browser(user), site.browser(user)
    answer = browser.post("/profile/password", password=PASSWORD, new_password=NEW_PASSWORD)
    assert answer.location == "/profile?changed=password"
    assert "All other devices are signed out" in browser.get(answer.location).text
    assert elsewhere.get("/jobs").status_code == 303
    assert site.visitor().sign_in(user.email, PASSWORD).status_code == 422
    assert site.visitor().sign_in(user.email, NEW_PASSWORD).location == "/jobs"
    assert [mail.subject for mail in outbox.to(user.email)] == [
        "Your GAS password has been changed"
    ]


def test_should_stay_signed_in_when_the_change_of_password_cannot_be_mailed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://email")

    user = site.user()
    browser = site.browser(user)
    monkeypatch.setattr(site.services.accounts.mailer.ses, "send_email", refuse)
    answer = browser.post("/profile/password", password=PASSWORD, new_password=NEW_PASSWORD)
    assert answer.location == "/profile?changed=password"
    assert browser.get("/jobs").status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("wrong", NEW_PASSWORD, "That isn&#39;t your password."),
        ("", NEW_PASSWORD, "Enter your password."),
        (PASSWORD, "", "Enter a new password."),
        (PASSWORD, "short", "12 characters or more"),
        (PASSWORD, PASSWORD, "That is your current password."),
        ("wrong", PASSWORD, "That isn&#39;t your password."),
    ],
)
def test_should_leave_the_password_when_the_form_is_wrong(
    site: Site, old: str, new: str, said: str
) -> None:
    user = site.user()
    answer = site.browser(user).post("/profile/password", password=old, new_password=new)
    assert answer.status_code == 422
    assert said in answer.text
    assert site.services.users.authenticate(user.email, PASSWORD)


def test_should_ask_for_removal_and_sign_out_when_the_account_is_deleted(site: Site) -> None:
    user = site.user()
    site.removal_messages()
    browser, elsewhere = site.browser(user), site.browser(user)
    answer = browser.post("/profile/delete", password=PASSWORD)
    assert "Your account is being deleted" in answer.text
    assert browser.get("/jobs").status_code == elsewhere.get("/jobs").status_code == 303
    assert site.visitor().sign_in(user.email).status_code == 422
    assert site.removal_messages() == [Removal(user_id=user.user_id)]


@pytest.mark.parametrize("password", ["", "wrong"])
def test_should_keep_the_account_when_the_password_is_wrong(site: Site, password: str) -> None:
    user = site.user()
    browser = site.browser(user)
    assert browser.post("/profile/delete", password=password).status_code == 422
    assert browser.get("/jobs").status_code == 200
    found = site.services.users.get(user.user_id)
    assert found
    assert found.deleted_at is None


def test_should_delete_nothing_when_a_step_before_fails(own_site: Site) -> None:
    user = own_site.user()
    told: list[User] = []

    def stop(of: User) -> None:
        told.append(of)
        raise RuntimeError("the subscription could not be cancelled")

    deletion = AccountDeletion(
        own_site.services.users, own_site.services.job_changes.removal.removals, before=[stop]
    )
    with pytest.raises(RuntimeError):
        deletion.delete(user)
    assert told == [user]
    assert own_site.services.users.get(user.user_id) == user


def test_should_be_a_visitor_when_the_epoch_of_the_session_is_over(site: Site) -> None:
    user = site.user()
    browser = site.browser(user)
    site.services.users.set_password(user.user_id, str(uuid.uuid4()), epoch=0)
    assert browser.get("/profile").status_code == 303
    with browser.client.session_transaction() as session:
        assert json.dumps(dict(session)).count(user.user_id) == 1
