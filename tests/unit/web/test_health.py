"""Whether an instance is healthy: asked seldom, changed only by several answers in a row."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from runtime.contract.cloudwatch import UNAVAILABLE
from runtime.web.services.health_checks import FRESH_SECONDS, STALE_SECONDS, HealthMonitor
from tests.unit.clock import Clock
from tests.unit.web.site import Site


@dataclass
class Part:
    """A part that is up or down as the test says, and counts how often it is asked."""

    up: bool = True
    asked: int = 0

    def __call__(self) -> None:
        self.asked += 1
        if not self.up:
            raise ConnectionError("down")


@dataclass
class Rig:
    """A monitor of one part."""

    part: Part = field(default_factory=Part)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.monitor = HealthMonitor({"table": self.part}, clock=self.clock)

    def answers(self, ups: str) -> str:
        """Ask once for each letter, the part up (u) or down (d); return what the monitor says."""
        said = []
        for letter in ups:
            self.part.up = letter == "u"
            said.append("u" if self.monitor.check().ok else "d")
            self.clock.advance(FRESH_SECONDS)
        return "".join(said)


@pytest.mark.parametrize(
    ("part", "monitor"),
    [
        ("uuu", "uuu"),
        ("d", "d"),
        ("ud", "uu"),
        ("udd", "uud"),
        ("ududud", "uuuuuu"),
        ("uddu", "uudd"),
        ("udduu", "uuddu"),
        ("uddudu", "uudddd"),
        ("duu", "ddu"),
    ],
)
def test_should_turn_only_after_two_answers_when_a_part_changes(part: str, monitor: str) -> None:
    assert Rig().answers(part) == monitor


def test_should_not_ask_again_when_the_answers_are_fresh() -> None:
    rig = Rig()
    rig.monitor.check()
    rig.clock.advance(FRESH_SECONDS - 0.1)
    rig.monitor.check()
    assert rig.part.asked == 1
    rig.clock.advance(0.1)
    rig.monitor.check()
    assert rig.part.asked == 2


def test_should_give_the_old_answers_until_they_are_stale_when_another_thread_is_asking() -> None:
    asked, may_answer = threading.Event(), threading.Event()
    clock = Clock()

    def slow() -> None:
        asked.set()
        assert may_answer.wait(60)

    may_answer.set()
    monitor = HealthMonitor({"table": slow}, clock=clock)
    assert monitor.check().ok
    may_answer.clear()
    asked.clear()
    clock.advance(FRESH_SECONDS)
    with ThreadPoolExecutor(1) as other_thread:
        answer = other_thread.submit(monitor.check)
        assert asked.wait(60)
        assert monitor.check().ok
        clock.advance(STALE_SECONDS)
        assert not monitor.check().ok
        may_answer.set()
        assert answer.result(60).ok


def test_should_name_the_parts_when_all_is_well(site: Site) -> None:
    answer = site.visitor().get("/health")
    assert answer.status_code == 200
    parts = dict.fromkeys(("users", "jobs", "inputs", "results"), "ok")
    assert answer.get_json() == {"status": "ok", "parts": parts}


@pytest.mark.parametrize("part", ["users", "jobs", "inputs", "results"])
def test_should_answer_503_when_a_part_is_gone(own_site: Site, part: str) -> None:
    remove(own_site, part)
    answer = own_site.visitor().get("/health")
    assert answer.status_code == 503
    assert [name for name, said in answer.get_json()["parts"].items() if said != "ok"] == [part]
    assert own_site.config.users_table not in answer.text


def test_should_count_the_round_when_a_part_is_gone(
    own_site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []
    monkeypatch.setattr(
        "runtime.web.services.health_checks.emit", lambda metric: counted.append(metric.of)
    )
    own_site.visitor().get("/health")
    assert counted == []
    remove(own_site, "results")
    own_site.services.health.check()
    for _ in range(2):
        own_site.services.health._probe()
    assert counted[-1:] == [UNAVAILABLE]


@pytest.mark.parametrize("part", ["users", "inputs"])
def test_should_be_alive_when_a_part_is_gone(own_site: Site, part: str) -> None:
    remove(own_site, part)
    assert own_site.visitor().get("/alive").status_code == 200


def remove(site: Site, part: str) -> None:
    if part in ("users", "jobs"):
        (site.users if part == "users" else site.annotations).delete()
    else:
        site.s3.delete_bucket(Bucket=getattr(site.config, f"{part}_bucket"))


def test_should_not_touch_the_session_when_asked_for_health(site: Site) -> None:
    assert "Set-Cookie" not in site.visitor().get("/health").headers
