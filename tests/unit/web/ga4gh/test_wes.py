"""GA4GH WES 1.1 over jobs."""

import io
import json
import uuid
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from runtime.common.job import Job
from runtime.contract.job_status import FailureKind
from tests.unit.web import job_states
from tests.unit.web.api.client import Program
from tests.unit.web.ga4gh.official import check
from tests.unit.web.site import FREE_MAX_UPLOAD_BYTES, SITE_URL, VCF, Site, send
from tests.unit.web.variants.results import annotated

DOCUMENT = "wes-1.1.0"
RUNS, RUN = "/runs", "/runs/{run_id}"
FORM = {"workflow_type": "GAS", "workflow_type_version": "1", "workflow_url": "gas:annotate"}


def ask(program: Program, path: str) -> TestResponse:
    return program.client.get(f"/ga4gh/wes/v1{path}", headers=program.headers)


def start(
    program: Program,
    params: dict[str, Any],
    *files: tuple[str, bytes],
    key: str | None = None,
    **fields: str,
) -> TestResponse:
    """Send a run's form with attachments, with `key` as its Idempotency-Key."""
    form: MultiDict[str, Any] = MultiDict({**FORM, "workflow_params": json.dumps(params), **fields})
    for name, content in files:
        form.add("workflow_attachment", FileStorage(io.BytesIO(content), name))
    boundary, body = encode_multipart(form)
    return program.client.post(
        "/ga4gh/wes/v1/runs",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        headers=program.headers | ({"Idempotency-Key": key} if key else {}),
    )


def state_of(program: Program, job: Job) -> str:
    found = check(ask(program, f"/runs/{job.job_id}/status"), DOCUMENT, "/runs/{run_id}/status")
    return str(found["state"])


def test_should_start_a_job_with_the_file_when_it_is_attached(site: Site) -> None:
    program = Program(site, user := site.user())
    answer = start(program, {"input": "a.vcf", "note": "mine"}, ("a.vcf", VCF))
    job = site.jobs.require(check(answer, DOCUMENT, RUNS, "post")["run_id"])
    assert (job.user_id, job.input_file_name, job.note) == (user.user_id, "a.vcf", "mine")
    stored = site.s3.get_object(Bucket=job.s3_inputs_bucket, Key=job.s3_key_input_file)
    assert stored["Body"].read() == VCF
    assert any(job.job_id in each for each in site.requests.published())
    assert state_of(program, job) == "QUEUED"


def test_should_start_one_run_when_the_form_is_sent_twice_with_one_key(site: Site) -> None:
    program = Program(site, user := site.user())
    said, key = {"input": "a.vcf"}, uuid.uuid4().hex
    # The boundary between the parts is another one each time.
    first, again = (start(program, said, ("a.vcf", VCF), key=key) for _ in range(2))
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(site.services.jobs.list_for_user(user.user_id).jobs) == 1
    others = (
        start(program, said, ("a.vcf", VCF + b"\n"), key=key),
        start(program, {**said, "note": "x"}, ("a.vcf", VCF), key=key),
    )
    assert [each.status_code for each in others] == [422, 422]


def test_should_start_a_job_when_a_ticket_names_an_upload(site: Site) -> None:
    program = Program(site, site.user())
    body = {"file_name": "b.vcf", "size": len(VCF)}
    opened = program.ask("POST /jobs", json=body).get_json()
    assert send(opened["upload"], VCF).status_code == 204
    answer = start(program, {"ticket": opened["ticket"]})
    assert check(answer, DOCUMENT, RUNS, "post")["run_id"] == opened["job_id"]


@pytest.mark.parametrize(
    ("params", "attached", "fields", "said"),
    [
        ({"input": "a.vcf"}, [], {}, "Attach one file"),
        ({"input": "a.vcf"}, [("b.vcf", VCF)], {}, "Attach one file"),
        ({"input": "a.vcf"}, [("a.vcf", VCF), ("b.vcf", VCF)], {}, "Attach one file"),
        ({"input": "a.txt"}, [("a.txt", VCF)], {}, "must end in"),
        ({"input": "../a.vcf"}, [("../a.vcf", VCF)], {}, "no slash"),
        ({"input": "a.vcf"}, [("a.vcf", b"")], {}, "empty"),
        ({"input": "a.vcf", "reference": "x"}, [("a.vcf", VCF)], {}, "reference"),
        ({"input": "https://169.254.169.254/a.vcf"}, [], {}, "Attach one file"),
        ({"ticket": "forged"}, [], {}, "upload is unknown"),
        ({"ticket": "forged"}, [("a.vcf", VCF)], {}, "attach none"),
        ({}, [], {}, "Name an input"),
        ({"input": "a.vcf", "colour": "red"}, [], {}, "colour"),
        ({"input": "a.vcf"}, [("a.vcf", VCF)], {"workflow_type": "CWL"}, "workflow_type"),
        ({"input": "a.vcf"}, [("a.vcf", VCF)], {"workflow_url": "http://x"}, "workflow_url"),
        ({"input": "a.vcf"}, [("a.vcf", VCF)], {"tags": '{"a": "b"}'}, "tags"),
        ({"input": "a.vcf"}, [("a.vcf", VCF)], {"workflow_params": "{"}, "workflow_params"),
    ],
)
def test_should_say_what_is_wrong_when_a_run_can_not_start(
    site: Site,
    params: dict[str, Any],
    attached: list[tuple[str, bytes]],
    fields: dict[str, str],
    said: str,
) -> None:
    program = Program(site, user := site.user())
    answer = start(program, params, *attached, **fields)
    assert answer.status_code == 400
    assert said in check(answer, DOCUMENT, RUNS, "post")["msg"]
    assert site.jobs.list_for_user(user.user_id).jobs == ()


@pytest.mark.parametrize("size", [FREE_MAX_UPLOAD_BYTES + 1, 1024**2 + 1, 2 * 1024**2])
def test_should_refuse_the_file_when_it_is_too_large(site: Site, size: int) -> None:
    answer = start(Program(site, site.user()), {"input": "a.vcf"}, ("a.vcf", b"x" * size))
    assert answer.status_code in (400, 413)
    assert answer.get_json()["status_code"] == answer.status_code


def test_should_not_read_a_large_body_when_there_is_no_token(site: Site) -> None:
    answer = start(Program(site, None), {"input": "a.vcf"}, ("a.vcf", b"x" * 1024**2))
    assert check(answer, DOCUMENT, RUNS, "post")["status_code"] == 401


def test_should_list_each_run_once_when_tokens_are_followed(site: Site) -> None:
    program = Program(site, user := site.user())
    jobs = {site.job(user, submitted=1_700_000_000 + n).job_id for n in range(5)}
    found: list[str] = []
    token = ""
    while True:
        page = check(ask(program, f"/runs?page_size=2&page_token={token}"), DOCUMENT, RUNS)
        found += [each["run_id"] for each in page["runs"]]
        if not (token := page["next_page_token"]):
            break
    assert sorted(found) == sorted(jobs)


@pytest.mark.parametrize("args", ["page_size=0", "page_size=x", "page_token=x", "colour=red"])
def test_should_answer_400_when_a_list_is_asked_wrongly(site: Site, args: str) -> None:
    answer = ask(Program(site, site.user()), f"/runs?{args}")
    assert answer.status_code == 400
    check(answer, DOCUMENT, RUNS)


def test_should_lead_to_every_file_when_a_run_is_complete(site: Site) -> None:
    program = Program(site, user := site.user())
    job = annotated(site, user, VCF.decode())
    run = check(ask(program, f"/runs/{job.job_id}"), DOCUMENT, RUN)
    assert run["state"] == "COMPLETE"
    assert run["run_log"]["exit_code"] == 0
    assert run["request"]["workflow_params"]["input"] == job.input_file_name
    host = SITE_URL.partition("://")[2]
    assert run["outputs"]["vcf"] == f"drs://{host}/{job.job_id}.vcf"
    for uri in run["outputs"].values():
        path = uri.removeprefix(f"drs://{host}/")
        answer = program.client.get(f"/ga4gh/drs/v1/objects/{path}", headers=program.headers)
        assert answer.status_code == 200
    tasks = ask(program, run["task_logs_url"].removeprefix(f"{SITE_URL}/ga4gh/wes/v1"))
    [task] = check(tasks, DOCUMENT, "/runs/{run_id}/tasks")["task_logs"]
    path = "/runs/{run_id}/tasks/{task_id}"
    one = check(ask(program, f"/runs/{job.job_id}/tasks/{task['id']}"), DOCUMENT, path)
    assert {**one, "stdout": ""} == {**task, "stdout": ""}
    missing = check(ask(program, f"/runs/{job.job_id}/tasks/x"), DOCUMENT, path)
    assert missing["status_code"] == 404


def test_should_name_the_state_when_a_run_is_in_it(site: Site) -> None:
    program = Program(site, user := site.user())
    running = job_states.running(site, user)
    assert state_of(program, running) == "RUNNING"
    cancel = f"/ga4gh/wes/v1/runs/{running.job_id}/cancel"
    answer = program.client.post(cancel, headers=program.headers)
    assert check(answer, DOCUMENT, "/runs/{run_id}/cancel", "post")["run_id"] == running.job_id
    assert state_of(program, running) == "CANCELING"
    waiting = site.job(user)
    program.client.post(f"/ga4gh/wes/v1/runs/{waiting.job_id}/cancel", headers=program.headers)
    assert state_of(program, waiting) == "CANCELED"


@pytest.mark.parametrize(
    ("kind", "state"),
    [(FailureKind.INPUT, "EXECUTOR_ERROR"), (FailureKind.SERVICE, "SYSTEM_ERROR")],
)
def test_should_say_whose_fault_it_was_when_a_run_failed(
    site: Site, kind: FailureKind, state: str
) -> None:
    program = Program(site, user := site.user())
    claim = site.jobs.claim(site.job(user).job_id, lease_seconds=60)
    job = site.jobs.fail(claim, "Not a VCF.", kind=kind)
    run = check(ask(program, f"/runs/{job.job_id}"), DOCUMENT, RUN)
    assert (run["state"], run["run_log"]["system_logs"]) == (state, ["Not a VCF."])
    assert run["run_log"]["exit_code"] == 1
    answer = program.client.post(f"/ga4gh/wes/v1/runs/{job.job_id}/cancel", headers=program.headers)
    assert answer.status_code == 200
    assert state_of(program, job) == state


@pytest.mark.parametrize("run_id", ["x", "0b9a1f0e-6c1d-4a53-9a0e-2f6d5c8e7b41", "a%00"])
def test_should_answer_404_when_there_is_no_such_run(site: Site, run_id: str) -> None:
    answer = ask(Program(site, site.user()), f"/runs/{run_id}")
    assert check(answer, DOCUMENT, RUN)["status_code"] == 404


def test_should_describe_its_workflow_when_anybody_asks(site: Site) -> None:
    found = check(ask(Program(site, None), "/service-info"), DOCUMENT, "/service-info")
    assert found["workflow_type_versions"] == {"GAS": {"workflow_type_version": ["1"]}}


@pytest.mark.parametrize("params", ["[" * 5000, f'{{"input": {"9" * 5000}}}'], ids=["deep", "long"])
def test_should_refuse_a_form_when_its_json_has_too_many_levels_or_digits(
    site: Site, params: str
) -> None:
    answer = start(Program(site, site.user()), {}, workflow_params=params)
    assert answer.status_code == 400
    assert "levels" in answer.text
