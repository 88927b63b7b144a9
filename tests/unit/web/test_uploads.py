"""Opening uploads over HTTP, and what S3 itself enforces of what we signed."""

import json
from base64 import b64decode

import pytest

from runtime.common.input_size import MAX_INPUT_BYTES
from runtime.common.messages import JobRequest
from runtime.common.users import Role
from runtime.vcf.assemblies import assembly_facts
from runtime.web.services import tickets
from tests.unit.measured import Measured
from tests.unit.web.site import FREE_MAX_UPLOAD_BYTES, VCF, Site, send

KEY = "users/{user_id}/{job_id}/sample.vcf"


def test_should_make_the_job_that_was_signed_when_the_file_has_arrived(
    site: Site, measured: Measured
) -> None:
    user = site.user()
    browser = site.browser(user)
    answer = browser.post_json("/jobs", {"token": browser.upload()})
    assert answer.status_code == 201
    job_id = answer.get_json()["job_id"]
    assert answer.get_json()["url"] == f"/jobs/{job_id}"
    job = site.jobs.require(job_id)
    assert (job.user_id, job.job_status, job.input_file_name) == (
        user.user_id,
        "PENDING",
        "sample.vcf",
    )
    assert job.s3_inputs_bucket == site.config.inputs_bucket
    assert job.s3_key_input_file == f"users/{user.user_id}/{job_id}/sample.vcf"
    stored = site.s3.get_object(Bucket=job.s3_inputs_bucket, Key=job.s3_key_input_file)
    assert stored["Body"].read() == VCF
    assert JobRequest(job_id=job_id).to_body() in site.requests.published()
    assert measured() == [("Jobs", "PENDING", 1)]


def test_should_be_one_job_when_a_ticket_is_handed_in_twice(site: Site) -> None:
    user = site.user()
    browser = site.browser(user)
    token = browser.upload()
    first = browser.post_json("/jobs", {"token": token}).get_json()
    again = browser.post_json("/jobs", {"token": token})
    assert (again.status_code, again.get_json()) == (201, first)
    assert len(site.jobs.list_for_user(user.user_id).jobs) == 1


def test_should_not_ask_again_when_the_job_has_begun(own_site: Site) -> None:
    browser = own_site.browser(own_site.user())
    token = browser.upload()
    job_id = browser.post_json("/jobs", {"token": token}).get_json()["job_id"]
    own_site.jobs.claim(job_id, lease_seconds=60)
    own_site.requests.published()
    assert browser.post_json("/jobs", {"token": token}).status_code == 201
    assert own_site.requests.published() == []


def test_should_request_a_job_in_the_group_of_its_user(own_site: Site) -> None:
    user = own_site.user()
    browser = own_site.browser(user)
    assert browser.post_json("/jobs", {"token": browser.upload()}).status_code == 201
    assert own_site.requests.groups() == [user.user_id]


def test_should_keep_the_job_when_the_request_cannot_be_published(own_site: Site) -> None:
    browser = own_site.browser(own_site.user())
    token = browser.upload()
    topic = own_site.requests.topic
    topic.sns.delete_topic(TopicArn=topic.arn)
    answer = browser.post_json("/jobs", {"token": token})
    assert answer.status_code == 201
    job = own_site.jobs.require(answer.get_json()["job_id"])
    assert job.job_status == "PENDING"
    assert browser.get(f"/jobs/{job.job_id}").status_code == 200


def test_should_refuse_the_ticket_when_it_is_another_users(site: Site) -> None:
    token = site.browser(site.user("Ada")).upload()
    eve = site.user("Eve")
    answer = site.browser(eve).post_json("/jobs", {"token": token})
    assert answer.status_code == 400
    assert "Another account" in answer.get_json()["error"]
    assert site.jobs.list_for_user(eve.user_id).jobs == ()


def test_should_refuse_the_ticket_when_it_is_forged_or_old(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = site.browser(site.user())
    token = browser.upload()
    forged = browser.post_json("/jobs", {"token": ("A" if token[0] != "A" else "B") + token[1:]})
    assert (forged.status_code, "unknown" in forged.get_json()["error"]) == (400, True)
    monkeypatch.setattr(tickets, "UPLOAD_SECONDS", -1)
    old = browser.post_json("/jobs", {"token": token})
    assert (old.status_code, "too long ago" in old.get_json()["error"]) == (400, True)


def test_should_refuse_the_ticket_when_its_job_was_deleted(site: Site) -> None:
    user = site.user()
    browser = site.browser(user)
    token = browser.upload()
    job_id = browser.post_json("/jobs", {"token": token}).get_json()["job_id"]
    site.jobs.remove(job_id, user.user_id)

    answer = browser.post_json("/jobs", {"token": token})

    assert answer.status_code == 400
    assert "has been deleted" in answer.get_json()["error"]
    assert site.jobs.list_for_user(user.user_id).jobs == ()


def test_should_refuse_when_the_file_has_not_arrived(site: Site) -> None:
    browser = site.browser(site.user())
    token = browser.open_upload("sample.vcf", 100)["token"]
    answer = browser.post_json("/jobs", {"token": token})
    assert answer.status_code == 400
    assert "hasn't arrived" in answer.get_json()["error"]


def test_should_refuse_when_what_arrived_is_larger_than_the_plan_allows(site: Site) -> None:
    browser = site.browser(site.user())
    opened = browser.open_upload("sample.vcf", 100)
    site.s3.put_object(
        Bucket=site.config.inputs_bucket,
        Key=opened["fields"]["key"],
        Body=b"x" * (FREE_MAX_UPLOAD_BYTES + 1),
    )
    answer = browser.post_json("/jobs", {"token": opened["token"]})
    assert answer.status_code == 413
    assert "150,001 bytes; your plan allows 150,000 (150 KB)" in answer.get_json()["error"]


@pytest.mark.parametrize(
    ("role", "size", "status"),
    [
        (Role.FREE_USER, FREE_MAX_UPLOAD_BYTES, 201),
        (Role.FREE_USER, FREE_MAX_UPLOAD_BYTES + 1, 413),
        (Role.PREMIUM_USER, FREE_MAX_UPLOAD_BYTES + 1, 201),
        (Role.PREMIUM_USER, MAX_INPUT_BYTES, 201),
        (Role.PREMIUM_USER, MAX_INPUT_BYTES + 1, 413),
    ],
)
def test_should_keep_to_the_plan_when_an_upload_is_opened(
    site: Site, role: Role, size: int, status: int
) -> None:
    browser = site.browser(site.user(role=role))
    answer = browser.post_json("/uploads", {"file_name": "a.vcf", "size": size})
    assert answer.status_code == status


def test_should_name_the_limit_of_every_job_when_no_plan_takes_the_file(site: Site) -> None:
    browser = site.browser(site.user())
    answer = browser.post_json("/uploads", {"file_name": "a.vcf", "size": MAX_INPUT_BYTES + 1})
    assert "a job takes at most 5,000,000,000 (5 GB)" in answer.get_json()["error"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"file_name": "notes.txt", "size": 10}, "must end in .vcf"),
        ({"file_name": "../x.vcf", "size": 10}, "no slash"),
        ({"file_name": "x" * 200 + ".vcf", "size": 10}, "longer than 200"),
        ({"file_name": "x.vcf", "size": 0}, "empty"),
        ({"file_name": "x.vcf", "size": -1}, "size"),
        ({"file_name": "x.vcf", "size": "10"}, "size"),
        ({"file_name": "x.vcf", "size": True}, "size"),
        ({"file_name": "x.vcf"}, "size"),
        ({"file_name": "x.vcf", "size": 10, "key": "users/eve/x.vcf"}, "key"),
        (["x.vcf", 10], "body"),
    ],
)
def test_should_say_what_is_wrong_when_an_upload_is_refused(
    site: Site, body: object, said: str
) -> None:
    answer = site.browser(site.user()).post_json("/uploads", body)
    assert answer.status_code == 400
    assert said in answer.get_json()["error"]


@pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": "x" * 4001}, {"token": 1}])
def test_should_refuse_when_the_ticket_has_no_shape(site: Site, body: object) -> None:
    assert site.browser(site.user()).post_json("/jobs", body).status_code == 400


def test_should_refuse_when_the_body_is_no_json(site: Site) -> None:
    browser = site.browser(site.user())
    headers = {"X-CSRFToken": browser.csrf_token()}
    form = browser.client.post("/uploads", data={"file_name": "x.vcf"}, headers=headers)
    broken = browser.client.post(
        "/uploads", data=b"{", content_type="application/json", headers=headers
    )
    assert (form.status_code, broken.status_code) == (400, 400)


def test_should_bind_key_and_size_when_a_policy_is_signed(site: Site) -> None:
    user = site.user()
    opened = site.browser(user).open_upload("sample.vcf", 10)
    policy = json.loads(b64decode(opened["fields"]["policy"]))
    assert opened["fields"]["key"].startswith(f"users/{user.user_id}/")
    assert {"key": opened["fields"]["key"]} in policy["conditions"]
    assert {"bucket": site.config.inputs_bucket} in policy["conditions"]
    assert ["content-length-range", 1, FREE_MAX_UPLOAD_BYTES] in policy["conditions"]


@pytest.mark.parametrize(
    ("size", "status"),
    [(0, 400), (1, 204), (FREE_MAX_UPLOAD_BYTES, 204), (FREE_MAX_UPLOAD_BYTES + 1, 400)],
)
def test_should_be_refused_by_s3_when_the_file_breaks_the_signed_limit(
    site: Site, size: int, status: int
) -> None:
    opened = site.browser(site.user()).open_upload("sample.vcf", 10)
    assert send(opened, b"x" * size).status_code == status


def test_should_be_refused_by_s3_when_the_key_is_changed(site: Site) -> None:
    opened = site.browser(site.user()).open_upload("sample.vcf", 10)
    assert send(opened, VCF, key="users/eve/1/sample.vcf").status_code == 403


def test_should_tell_scripts_what_they_can_compare_files_with(site: Site) -> None:
    answer = site.browser(site.user()).get("/upload/references.json").get_json()
    [facts] = answer["references"]
    assert (facts["name"], facts["assembly"], facts["fasta"]) == ("rcrs", "rCRS", "genome.fa")
    [contig] = facts["contigs"]
    assert (contig["name"], contig["length"]) == ("MT", 16569)
    assert "chrM" in contig["aliases"]
    assert answer["assemblies"] == assembly_facts()["assemblies"]


def test_should_state_the_limits_of_the_plan(site: Site) -> None:
    page = site.browser(site.user()).get("/upload").text
    assert 'data-limit="150000"' in page
    assert "Premium allows up to 5 GB" in page
    premium = site.browser(site.user(role=Role.PREMIUM_USER)).get("/upload").text
    assert "up to 5 GB (5,000,000,000 bytes) per file and 72 GB decompressed" in premium


def test_should_hand_out_the_bundles_sample_as_the_example(site: Site) -> None:
    example = site.browser(site.user()).get("/upload/example")
    assert example.text.startswith("##fileformat=VCFv4")
    assert "\t11778\t" in example.text


def test_should_keep_the_letters_of_a_name_and_store_a_safe_form(site: Site) -> None:
    user = site.user()
    browser = site.browser(user)
    token = browser.upload("Mu\u0308ller, 父.vcf")
    job = site.jobs.require(browser.post_json("/jobs", {"token": token}).get_json()["job_id"])
    assert job.input_file_name == "M\u00fcller, 父.vcf"
    assert job.s3_key_input_file.endswith("/Muller_ _.vcf")
    assert "Müller, 父.vcf" in browser.get("/jobs?q=mu\u0308LLER").text
