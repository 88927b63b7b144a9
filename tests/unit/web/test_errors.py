import pytest

from tests.unit.web.site import Site


def test_should_say_what_to_do_when_a_page_is_not_there(site: Site) -> None:
    answer = site.visitor().get("/nothing-here")
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert 'href="/jobs"' in answer.text


def test_should_answer_with_json_when_a_script_asks(site: Site) -> None:
    answer = site.visitor().client.get("/nothing", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert set(answer.get_json()) == {"error"}


def test_should_answer_413_when_the_body_is_too_large(site: Site) -> None:
    browser = site.browser(site.user())
    answer = browser.post_json("/uploads", {"file_name": "x" * 20_000, "size": 1})
    assert answer.status_code == 413


def test_should_answer_405_when_the_method_is_wrong(site: Site) -> None:
    assert site.browser(site.user()).client.delete("/jobs").status_code == 405


def test_should_hide_the_fault_and_give_a_code_when_the_app_crashes(
    own_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = own_site.browser(own_site.user())

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("a secret in a traceback")

    monkeypatch.setattr(type(own_site.services.jobs), "list_for_user", crash)
    answer = browser.client.get("/jobs", headers={"X-Amzn-Trace-Id": "Root=1-67891233-abcdef"})
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Root=1-67891233-abcdef" in answer.text


def test_should_answer_503_when_a_table_is_gone(own_site: Site) -> None:
    browser = own_site.browser(own_site.user())
    own_site.users.delete()
    answer = browser.get("/jobs")
    assert answer.status_code == 503
    assert "Try again in a minute" in answer.text
    assert own_site.config.users_table not in answer.text


def test_should_say_that_the_page_is_old_when_the_csrf_token_is(site: Site) -> None:
    answer = site.visitor().client.post("/sign-in", data={"email": "a", "password": "b"})
    assert answer.status_code == 400
    assert "Reload it" in answer.text
