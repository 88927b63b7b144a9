"""A webhook, end to end: a server of this machine hears of a job as its owner's server would."""

import json
import re
from pathlib import Path

from tests.platform.conftest import Person
from tests.unit.webhooks.receiver import documented_verify, receiving
from tests.waiting import wait_until

PAGE = "/profile/webhook"


def post(person: Person, path: str, **form: str) -> str:
    """Send a form of the webhook's page; return the page that it leads to."""
    form["csrf_token"] = person.site._csrf(PAGE)
    answer = person.site._request("POST", path, data=form)
    assert answer.is_success, answer.text
    return answer.text


def test_should_get_a_signed_event_when_a_job_of_its_owner_has_ended(
    person: Person, sample: Path
) -> None:
    with receiving() as receiver:
        [secret] = re.findall(r"whsec_[\w-]{43}", post(person, PAGE, url=receiver.url))
        job = person.annotate(sample)
        wait_until(lambda: bool(receiver.requests), "the receiver hears of the job")
        [(_, headers, body)] = receiver.requests
        assert documented_verify()(secret, headers["GAS-Signature"], body)
        event = json.loads(body)
        assert event["type"] == "job.completed"
        assert event["data"]["job"]["job_id"] == job.job_id
        assert event["data"]["job"]["variants"] == job.variants
        assert sample.name not in body.decode()

        wait_until(
            lambda: "delivered after 1 attempt" in person.site.get(PAGE), "the page shows it"
        )
        [again] = re.findall(r'action="(/profile/webhook/deliveries/[^"]+)"', person.site.get(PAGE))
        post(person, again)
        wait_until(lambda: len(receiver.requests) == 2, "the delivery is sent again")
        assert json.loads(receiver.requests[1][2]) == event
