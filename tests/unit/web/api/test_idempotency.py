"""Requests that are sent twice with one Idempotency-Key."""

import uuid

import pytest

from runtime.common.owned_items import OwnedItems
from runtime.web.services.idempotency import IdempotencyKeys, KeyBusy
from tests.emulator import Emulator, create_owned_items_table
from tests.unit.clock import Clock
from tests.unit.web.api.client import Program
from tests.unit.web.site import VCF, Site

BODY = {"file_name": "a.vcf", "size": len(VCF)}


def test_should_create_one_job_when_the_same_request_comes_twice(site: Site) -> None:
    program = Program(site, site.user())
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    first, again = [program.ask("POST /jobs", json=BODY, headers=headers) for _ in range(2)]
    assert first.status_code == again.status_code == 201
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.get_json() != program.ask("POST /jobs", json=BODY).get_json()


def test_should_answer_422_when_the_key_comes_with_another_body(site: Site) -> None:
    program = Program(site, site.user())
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    assert program.ask("POST /jobs", json=BODY, headers=headers).status_code == 201
    other = program.ask("POST /jobs", json={**BODY, "size": 1}, headers=headers)
    assert other.status_code == 422


def test_should_not_answer_with_another_accounts_job_when_the_key_is_the_same(site: Site) -> None:
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    answers = [
        Program(site, site.user()).ask("POST /jobs", json=BODY, headers=headers) for _ in range(2)
    ]
    assert len({answer.get_json()["job_id"] for answer in answers}) == 2


def test_should_try_again_when_the_first_request_was_refused(site: Site) -> None:
    program = Program(site, site.user())
    opened = program.ask("POST /jobs", json=BODY).get_json()
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    route, body = f"POST /jobs/{opened['job_id']}/start", {"ticket": opened["ticket"]}
    for _ in range(2):
        answer = program.ask(route, json=body, headers=headers)
        assert answer.status_code == 409  # the file hasn't arrived
        assert "hasn't arrived" in answer.get_json()["detail"]


def test_should_hold_a_key_for_a_minute_when_its_request_never_ends(emulator: Emulator) -> None:
    clock = Clock()
    table = create_owned_items_table(emulator, f"owned-items-{uuid.uuid4().hex}")
    keys = IdempotencyKeys(OwnedItems(table, clock), clock)
    user_id = str(uuid.uuid4())
    assert keys.begin(user_id, "k", "POST /") is None
    with pytest.raises(KeyBusy):
        keys.begin(user_id, "k", "POST /")
    clock.advance(61)
    assert keys.begin(user_id, "k", "POST /") is None
