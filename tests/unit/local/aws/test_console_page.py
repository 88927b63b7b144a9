"""What the page of the scaling is given; tests/browser/test_console.py looks at it."""

import httpx
import pytest

from local.aws.console_page import KEPT, ConsolePage
from local.host.http_server import LoopThread
from tests.scaling_record import RECORD


def test_should_give_state_and_samples_when_the_page_asks(servers: LoopThread) -> None:
    with ConsolePage(servers) as console:
        console.add(RECORD)
        state = httpx.get(f"{console.url}state.json", timeout=30).json()

    assert state["record"] == RECORD.model_dump(mode="json")
    [sample] = state["samples"]
    assert sample["groups"] == {"annotator": {"desired": 3, "running": 2}}
    assert sample["alarms"] == {"annotator high": 14.0}


def test_should_give_only_what_is_new_when_the_page_asks_again(servers: LoopThread) -> None:
    with ConsolePage(servers) as console:
        for _ in range(3):
            console.add(RECORD)
        state = httpx.get(f"{console.url}state.json?after=2", timeout=30).json()

    assert [sample["number"] for sample in state["samples"]] == [3]


def test_should_keep_half_an_hour_when_it_runs_for_long(servers: LoopThread) -> None:
    with ConsolePage(servers) as console:
        for _ in range(KEPT + 5):
            console.add(RECORD)
        state = httpx.get(f"{console.url}state.json", timeout=30).json()

    assert [state["samples"][place]["number"] for place in (0, -1)] == [6, KEPT + 5]


def test_should_say_that_there_is_no_state_when_nothing_was_added(servers: LoopThread) -> None:
    with ConsolePage(servers) as console:
        state = httpx.get(f"{console.url}state.json", timeout=30).json()

    assert state == {"record": None, "samples": []}


@pytest.mark.parametrize("after", ["-1", "x", "²"])
def test_should_refuse_when_a_sample_has_no_such_number(servers: LoopThread, after: str) -> None:
    with ConsolePage(servers) as console:
        answer = httpx.get(f"{console.url}state.json", params={"after": after}, timeout=30)

    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["", "console.css", "console.js"])
def test_should_allow_nothing_from_elsewhere_when_a_file_is_served(
    servers: LoopThread, path: str
) -> None:
    with ConsolePage(servers) as console:
        answer = httpx.get(f"{console.url}{path}", timeout=30)

    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "http-equiv" not in answer.text
    assert "https:" not in answer.text
