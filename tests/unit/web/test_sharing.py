"""Sharing: guests and links, what they see, and until when."""

import re
import uuid
from dataclasses import replace

import pytest

from runtime.common.account_standing import AccountStanding
from runtime.common.job import Job
from runtime.common.owned_items import of_job
from runtime.common.shares import Extra, LinkToken
from runtime.common.users import User
from runtime.web.services.sharing import MAX_GUESTS, MAX_LINKS
from tests.unit.outbox import Outbox
from tests.unit.web.routes import path_of
from tests.unit.web.shares import VCF, annotated_with_note, invite, link_of, opened, own_job_of
from tests.unit.web.site import SITE_URL, Site
from tests.unit.web.variants.results import annotate_job


@pytest.fixture(scope="module")
def ada(site: Site) -> User:
    """The owner."""
    return site.user("Ada")


@pytest.fixture(scope="module")
def shared(site: Site, ada: User) -> Job:
    """The owner's annotated job, with a note."""
    return annotated_with_note(site, ada)


@pytest.fixture
def fresh(site: Site, ada: User) -> Job:
    """Another job of the owner's, which nobody has access to yet."""
    return own_job_of(site, ada)


def test_should_be_missing_when_a_link_has_expired(site: Site, shared: Job) -> None:
    token = link_of(site, shared)
    visitor = opened(site, token)
    shares = site.services.sharing.shares
    shares.items.update(of_job(shared.job_id), token.item_id, set_={"expires_at": 1})
    assert visitor.get(f"/jobs/{shared.job_id}").status_code == 404
    answer = site.visitor().post("/link", link=str(token))
    assert answer.status_code == 404
    assert "This link doesn't work" in answer.text


@pytest.mark.parametrize("text", ["x", "A" * 62, "#", f"{SITE_URL}/link"])
def test_should_refuse_alike_when_a_link_is_none(site: Site, text: str) -> None:
    answer = site.visitor().post("/link", link=text)
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


def test_should_refuse_a_link_whose_secret_is_another(site: Site, shared: Job) -> None:
    wrong = replace(link_of(site, shared), secret=bytes(24))
    assert site.visitor().post("/link", link=str(wrong)).status_code == 404


def test_should_store_no_secret_and_show_a_link_once(site: Site, ada: User, fresh: Job) -> None:
    browser, shared = site.browser(ada), fresh
    path = f"/jobs/{shared.job_id}/sharing"
    page = browser.post(f"{path}/links", label="Referee 2", days="7").text
    [link] = re.findall(rf'<code class="anywhere" id="link">({SITE_URL}/link#[^<]+)</code>', page)
    token = LinkToken.parse(link.partition("#")[2])
    assert token
    stored = str(site.services.sharing.shares.items.get(of_job(shared.job_id), token.item_id))
    assert token.secret.hex() not in stored
    assert str(token) not in stored
    later = browser.get(path).text
    assert "Referee 2" in later
    assert str(token) not in later
    visitor = site.visitor()
    opened_page = visitor.post("/link", link=link)
    cookie = opened_page.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "You read this result through a link" in visitor.get(f"/jobs/{shared.job_id}").text
    assert "not yet" not in re.sub(r"(?s).*Referee 2", "", browser.get(path).text).split("</tr>")[0]


def test_should_show_a_link_and_change_nothing_when_it_is_only_fetched(site: Site) -> None:
    answer = site.visitor().get("/link")
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer.headers


def test_should_never_show_the_account_and_the_note_only_when_it_is_shared(
    site: Site, ada: User, shared: Job
) -> None:
    path = f"/jobs/{shared.job_id}"
    for extras, seen in (((), False), ((Extra.NOTE,), True)):
        guest = site.user("Guest")
        invite(site, shared, guest, *extras)
        for reader in (site.browser(guest), opened(site, link_of(site, shared, *extras))):
            page = reader.get(path).text
            assert ("seen twice in the family" in page) is seen
            assert ada.email not in page
            for offer in ("Delete…", "Run again", "Share…", "Add a note", "Download annotated"):
                assert offer not in page


def test_should_mail_alike_when_the_address_has_an_account_and_when_not(
    site: Site, ada: User, fresh: Job, outbox: Outbox
) -> None:
    browser, path = site.browser(ada), f"/jobs/{fresh.job_id}/sharing/guests"
    known, unknown = site.user("Known").email, f"nobody-{uuid.uuid4().hex}@example.org"
    pages, mails = [], []
    for address in (known, unknown):
        answer = browser.post(path, email=address)
        assert answer.status_code == 303
        shown = browser.get(answer.location).text
        pages.append(re.findall(r"The result is shared with.*", shown)[0].replace(address, "A"))
        [mail] = outbox.to(address)
        mails.append((mail.subject, mail.text.replace(address, "A")))
    assert pages[0] == pages[1]
    assert mails[0] == mails[1]
    assert ada.email in mails[0][1]
    assert "Ada" not in mails[0][1]


def test_should_wait_until_the_address_has_an_account(site: Site, shared: Job) -> None:
    email = f"later-{uuid.uuid4().hex[:8]}@example.org"
    site.services.sharing.shares.add_guest(shared.job_id, email, ())
    later = site.services.users.create(
        email=email, name="Later", password="correct horse battery staple", email_verified=True
    )
    browser = site.browser(later)
    assert shared.input_file_name in browser.get("/shared").text
    assert browser.get(f"/jobs/{shared.job_id}").status_code == 200


def test_should_stay_with_the_account_that_came_first(site: Site, shared: Job) -> None:
    first = site.user("First")
    invite(site, shared, first)
    assert site.browser(first).get(f"/jobs/{shared.job_id}").status_code == 200
    second = replace_email(site.user("Second"), first.email)
    assert site.services.sharing.reader_of(shared.job_id, second, []) is None
    assert site.services.sharing.shared_with(second) == []


def replace_email(user: User, email: str) -> User:
    return user.model_copy(update={"email": email})


def test_should_end_when_the_guest_leaves_or_deletes_the_account(site: Site, ada: User) -> None:
    job = own_job_of(site, ada)
    leaver, deleter = site.user("Leaver"), site.user("Deleter")
    for guest in (leaver, deleter):
        invite(site, job, guest)
    browser = site.browser(leaver)
    browser.post(f"/shared/{job.job_id}/leave")
    assert browser.get(f"/jobs/{job.job_id}").status_code == 404
    site.services.account_deletion.delete(deleter)
    assert site.services.sharing.shares.guests(job.job_id) == []


def test_should_end_when_the_job_or_its_owner_goes(site: Site) -> None:
    owner, guest = site.user("Owner"), site.user("Guest")
    gone, kept = own_job_of(site, owner), own_job_of(site, owner)
    for job in (gone, kept):
        invite(site, job, guest)
    token = link_of(site, kept)
    visitor, browser = opened(site, token), site.browser(guest)
    site.services.job_changes.removal.remove(gone)
    assert browser.get(f"/jobs/{gone.job_id}").status_code == 404
    assert browser.get(f"/jobs/{kept.job_id}").status_code == 200
    site.services.users.mark_deleted(owner.user_id)
    assert browser.get(f"/jobs/{kept.job_id}").status_code == 404
    assert visitor.get(f"/jobs/{kept.job_id}").status_code == 404
    assert "Nothing is shared with you" in browser.get("/shared").text
    assert site.services.sharing.shares.jobs_shared_with(guest.email) == []


def test_should_pause_while_the_owner_is_suspended(site: Site) -> None:
    owner, guest = site.user("Owner"), site.user("Guest")
    job = own_job_of(site, owner)
    invite(site, job, guest)
    readers = site.browser(guest), opened(site, link_of(site, job))
    standing = AccountStanding(site.users)
    standing.suspend(owner.user_id)
    assert [each.get(f"/jobs/{job.job_id}").status_code for each in readers] == [404, 404]
    assert "Nothing is shared with you" in readers[0].get("/shared").text
    standing.resume(owner.user_id)
    assert [each.get(f"/jobs/{job.job_id}").status_code for each in readers] == [200, 200]
    assert job.job_id in readers[0].get("/shared").text


def test_should_refuse_when_the_owner_shares_too_much(site: Site, ada: User) -> None:
    job = own_job_of(site, ada)
    shares = site.services.sharing.shares
    browser, path = site.browser(ada), f"/jobs/{job.job_id}/sharing"
    for number in range(MAX_GUESTS):
        shares.add_guest(job.job_id, f"g{number}@example.org", ())
    for _ in range(MAX_LINKS):
        link_of(site, job)
    answer = browser.post(f"{path}/guests", email="one-more@example.org")
    assert answer.status_code == 422
    assert "End one of the others first" in answer.text
    answer = browser.post(f"{path}/links", days="1")
    assert answer.status_code == 422
    assert "End one of them first" in answer.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "no address"}, "Enter an email address"),
        ({"email": "own"}, "That is your own address."),
    ],
)
def test_should_name_what_is_wrong_when_a_guest_cannot_be_added(
    site: Site, ada: User, shared: Job, fields: dict[str, str], sentence: str
) -> None:
    fields = {name: ada.email if value == "own" else value for name, value in fields.items()}
    answer = site.browser(ada).post(f"/jobs/{shared.job_id}/sharing/guests", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize("days", ["0", "2", "365", "x"])
def test_should_refuse_a_link_when_the_time_is_none_of_those_offered(
    site: Site, ada: User, shared: Job, days: str
) -> None:
    answer = site.browser(ada).post(f"/jobs/{shared.job_id}/sharing/links", days=days)
    assert answer.status_code == 422
    assert "Choose one of the times" in answer.text


def test_should_end_no_item_but_a_share(site: Site, ada: User, shared: Job) -> None:
    items = site.services.sharing.shares.items
    items.create(of_job(shared.job_id), "star#1", {})
    site.browser(ada).post(f"/jobs/{shared.job_id}/sharing/end", share="star#1")
    assert items.get(of_job(shared.job_id), "star#1")
    items.delete(of_job(shared.job_id), "star#1")


def test_should_tell_guests_when_the_result_is_archived(site: Site, ada: User) -> None:
    job = annotate_job(site, site.job(ada), VCF, site.reference)
    guest = site.user("Guest")
    invite(site, job, guest, *Extra)
    job = site.jobs.require(job.job_id)
    site.annotations.update_item(
        Key={"job_id": job.job_id},
        UpdateExpression="SET result_state = :archived",
        ExpressionAttributeValues={":archived": "ARCHIVED"},
    )
    browser = site.browser(guest)
    assert "This result is archived" in browser.get(f"/jobs/{job.job_id}").text
    path = path_of("/jobs/<uuid:job_id>/download", job.job_id)
    assert browser.get(path).status_code == 409


def test_should_open_the_reference_of_a_links_result_only(site_of_two: Site) -> None:
    site = site_of_two
    job = site.job(site.user(), reference="invented")
    token = link_of(site, job, Extra.FILES)
    visitor = opened(site, token)
    assert site.visitor().get("/reference/invented/manifest.json").status_code == 303
    with visitor.get("/reference/invented/manifest.json") as file:
        assert file.status_code == 200
    site.services.sharing.shares.end(job.job_id, token.item_id)
    assert visitor.get("/reference/invented/manifest.json").status_code == 303
