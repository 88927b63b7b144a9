"""Results through the API: files, summary, variants and exports."""

import gzip
import hashlib
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from runtime.common.job import Job
from runtime.common.jobs.result_states import ResultStates
from runtime.common.users import User
from runtime.web.api.models.result_models import FilterArgs
from runtime.web.services.variants.filters import VariantFilter, VariantQuery
from runtime.web.services.variants.variant import VariantKey
from tests.unit.web.api.client import Program
from tests.unit.web.site import Site
from tests.unit.web.variants.results import annotated, records_of, table_of

POSITIONS = (73, 1438, 3243, 8993, 11778)
VCF = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n" + "".join(
    f"MT\t{position}\t.\t{change}\t.\t.\t.\n"
    for position, change in zip(POSITIONS, ("A\tG", "A\tG", "A\tG", "T\tG", "G\tA"), strict=True)
)


@pytest.fixture(scope="module")
def owner(site: Site) -> User:
    return site.user()


@pytest.fixture(scope="module")
def job(site: Site, owner: User) -> Job:
    return annotated(site, owner, VCF)


@pytest.fixture(scope="module")
def program(site: Site, owner: User) -> Program:
    return Program(site, owner)


def pages(program: Program, job: Job, **args: Any) -> Iterator[dict[str, Any]]:
    """Follow the cursors of a list of variants."""
    cursor: dict[str, str] = {}
    while True:
        answer = program.ask(f"GET /jobs/{job.job_id}/variants", query_string={**args, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.get_json()
        yield page
        if page["next_cursor"] is None:
            return
        cursor = {"cursor": page["next_cursor"]}


def exported(program: Program, job: Job, what: str) -> bytes:
    """Ask for an export, such as "parquet?gene=MT-ND4", until it is made; return the file."""
    until = time.monotonic() + 60
    path = f"GET /jobs/{job.job_id}/exports/{what}"
    while (answer := program.ask(path)).status_code == 202:
        assert answer.headers["Retry-After"]
        assert time.monotonic() < until
        time.sleep(0.2)
    assert answer.status_code == 200, answer.text
    body = httpx.get(answer.get_json()["url"], timeout=30).content
    is_plain_gzip = body[:2] == b"\x1f\x8b" and not what.startswith("vcf")
    return gzip.decompress(body) if is_plain_gzip else body


def test_should_list_each_file_with_its_checksum_when_a_job_has_completed(
    program: Program, job: Job
) -> None:
    items = program.ask(f"GET /jobs/{job.job_id}/files").get_json()["items"]
    assert {each["kind"] for each in items} == {"vcf", "index", "parquet", "summary", "log"}
    for each in items:
        body = httpx.get(each["url"], timeout=30).content
        assert (len(body), hashlib.sha256(body).hexdigest()) == (each["size"], each["sha256"])
        assert each["expires_at"].endswith("Z")


def test_should_send_the_summary_as_it_is_when_a_job_has_completed(
    program: Program, job: Job
) -> None:
    answer = program.ask(f"GET /jobs/{job.job_id}/summary")
    assert answer.get_json()["alleles"]["total"] == len(POSITIONS)


@pytest.mark.parametrize("sort", ["position", "-position", "importance", "gene"])
@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_should_list_each_variant_once_when_cursors_are_followed(
    program: Program, job: Job, limit: int, sort: str
) -> None:
    found = [*pages(program, job, limit=limit, sort=sort)]
    positions = [each["position"] for page in found for each in page["items"]]
    assert sorted(positions) == list(POSITIONS)
    assert {page["total"] for page in found} == {len(POSITIONS)}
    assert all(len(page["items"]) == limit for page in found[:-1])


def test_should_filter_as_the_page_does_when_a_filter_is_sent(program: Program, job: Job) -> None:
    [page] = pages(program, job, gene=["MT-ATP6", "MT-ND4"], impact="MODERATE", sort="position")
    assert [each["position"] for each in page["items"]] == [8993, 11778]
    first = page["items"][0]
    assert (first["ref"], first["alt"], first["contig"]) == ("T", "G", "MT")
    [effect] = [each for each in first["effects"] if each["matches"]]
    assert effect["consequence"] == ["missense_variant"]
    assert (effect["symbol"], effect["impact"]) == ("MT-ATP6", "MODERATE")


def test_should_take_every_condition_of_the_page_when_the_filter_is_described() -> None:
    names = {field.alias or name for name, field in VariantFilter.model_fields.items()}
    assert {field.alias or name for name, field in FilterArgs.model_fields.items()} == names


def test_should_apply_a_saved_filter_with_what_is_sent_too_when_its_name_is_given(
    site: Site, program: Program, owner: User, job: Job
) -> None:
    args = {"impact": ["MODERATE"], "sort": ["-position"]}
    site.services.saved_filters.save(owner.user_id, "Moderate", VariantQuery.from_args(args).filter)
    [page] = pages(program, job, saved="moderate", sort="position")
    assert [each["position"] for each in page["items"]] == [8993, 11778]
    [page] = pages(program, job, saved="Moderate", gene="MT-ND4")
    assert [each["position"] for each in page["items"]] == [11778]
    rows = table_of(exported(program, job, "variants.tsv?saved=Moderate").decode())
    assert [row["position"] for row in rows] == ["8993", "11778"]


def test_should_know_no_saved_filter_of_others_when_one_is_named(
    site: Site, program: Program, job: Job
) -> None:
    wanted = VariantQuery.from_args({"gene": ["MT-ND1"]}).filter
    site.services.saved_filters.save(site.user("Eve").user_id, "Hers", wanted)
    for form in ("variants", "exports/variants.tsv"):
        answer = program.ask(f"GET /jobs/{job.job_id}/{form}?saved=Hers")
        assert answer.status_code == 400
        [error] = answer.get_json()["errors"]
        assert error["field"] == "saved"


def test_should_refuse_a_condition_when_the_saved_filter_has_it_too(
    site: Site, program: Program, owner: User, job: Job
) -> None:
    wanted = VariantQuery.from_args({"gene": ["MT-ND1"]}).filter
    site.services.saved_filters.save(owner.user_id, "ND1", wanted)
    answer = program.ask(f"GET /jobs/{job.job_id}/variants?saved=ND1&gene=MT-ND4")
    assert answer.status_code == 400
    assert [each["field"] for each in answer.get_json()["errors"]] == ["gene"]


def test_should_list_and_export_what_is_starred(
    site: Site, program: Program, owner: User, job: Job
) -> None:
    site.services.remarks.star(job, VariantKey(3, 1), owner)
    [page] = pages(program, job, starred="yes")
    assert [each["position"] for each in page["items"]] == [3243]
    [row] = table_of(exported(program, job, "variants.tsv?starred=yes").decode())
    assert row["starred_by"] == owner.name
    [item] = page["items"]
    assert (item["starred_by"], item["comments"]) == ([owner.name], [])
    site.services.remarks.unstar(job, VariantKey(3, 1), owner)


def test_should_list_the_comments_of_each_variant_when_people_wrote_some(
    site: Site, program: Program, owner: User, job: Job
) -> None:
    guest, key = site.user("Grace"), VariantKey(3, 1)
    for writer, text in ((guest, "Known from the family"), (owner, "Thanks")):
        site.services.remarks.comment(job, key, writer, text)
    said = {
        item["key"]: [(each["by"], each["text"]) for each in item["comments"]]
        for page in pages(program, job)
        for item in page["items"]
    }
    assert said.pop(str(key)) == [("Grace", "Known from the family"), ("Ada", "Thanks")]
    assert said
    assert not any(said.values())
    for comment in site.services.remarks.of(job).comments:
        site.services.remarks.delete_comment(job, comment.item_id, owner)


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({"impact": "HUGE"}, "impact"),
        ({"saved": "x" * 61}, "saved"),
        ({"af_min": "x"}, "af_min"),
        ({"colour": "red"}, "colour"),
        ({"sort": "colour"}, "sort"),
        ({"limit": 0}, "limit"),
        ({"cursor": "1"}, "cursor"),
        ({"cursor": "999-1"}, "cursor"),
        ({"sample": "NA12878"}, "sample"),
    ],
)
def test_should_name_the_field_when_a_query_does_not_fit(
    program: Program, job: Job, args: dict[str, Any], field: str
) -> None:
    answer = program.ask(f"GET /jobs/{job.job_id}/variants", query_string=args)
    assert answer.status_code == 400
    assert [each["field"] for each in answer.get_json()["errors"]] == [field]


@pytest.mark.parametrize("form", ["vcf", "variants.tsv", "effects.tsv", "parquet"])
def test_should_lead_to_the_export_when_it_is_made(program: Program, job: Job, form: str) -> None:
    body = exported(program, job, f"{form}?gene=MT-ATP6")
    if form == "vcf":
        assert [record[1] for record in records_of(body)] == ["8993"]
    elif form == "parquet":
        assert body[:4] == b"PAR1"
    else:
        assert {row["position"] for row in table_of(body.decode())} == {"8993"}


@pytest.mark.parametrize("what", ["variants", "exports/vcf"])
def test_should_answer_409_with_the_reason_when_the_result_is_archived(
    site: Site, what: str
) -> None:
    user = site.user()
    job = annotated(site, user, VCF)
    ResultStates(site.annotations).archived(job, {"vcf": "1"})
    answer = Program(site, user).ask(f"GET /jobs/{job.job_id}/{what}")
    assert answer.status_code == 409
    assert "archived" in answer.get_json()["detail"]
    items = Program(site, user).ask(f"GET /jobs/{job.job_id}/files").get_json()["items"]
    assert [each["kind"] for each in items] == ["summary", "log"]


@pytest.mark.parametrize(("what", "status"), [("variants", 409), ("summary", 404), ("files", 200)])
def test_should_say_so_when_a_job_has_no_result_yet(site: Site, what: str, status: int) -> None:
    user = site.user()
    job = site.job(user)
    assert Program(site, user).ask(f"GET /jobs/{job.job_id}/{what}").status_code == status
