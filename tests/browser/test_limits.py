"""A plan's limit holds in the page, and in S3 when somebody goes around the page."""

import gzip
import os
from pathlib import Path

from playwright.sync_api import Request, expect

from runtime.common.input_size import MAX_INPUT_BYTES
from runtime.common.users import Role
from tests.browser.person import Person
from tests.cloud import DeployedCloud

LIMIT = 150_000
VCF = "##fileformat=VCFv4.2\n"

SEND_TO_S3 = """
async (size) => {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const opened = await fetch("/uploads", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ file_name: "large.vcf", size: 10 }),
  }).then((answer) => answer.json());
  const form = new FormData();
  for (const [name, value] of Object.entries(opened.fields)) form.append(name, value);
  form.append("file", new Blob(["x".repeat(size)]));
  const stored = await fetch(opened.url, { method: "POST", body: form });
  const job = await fetch("/jobs", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ token: opened.token }),
  });
  return { stored: stored.status, said: await stored.text(), job: job.status };
}
"""
"""Says that a file is small, and sends S3 one of `size` bytes."""


def test_should_be_refused_by_the_page_when_a_file_is_too_large(
    person: Person, tmp_path: Path
) -> None:
    file = tmp_path / "large.vcf"
    file.write_text(VCF + COLUMNS + RECORDS[: 2 * LIMIT].rpartition("\n")[0])
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    person.page.on("request", note)
    person.choose(file)
    problem = person.page.get_by_role("alert").filter(visible=True)
    expect(problem).to_contain_text("your plan allows 150 KB per file, Premium 5 GB")
    person.page.get_by_role("button", name="Upload and annotate").click()
    expect(person.page.get_by_label("VCF file")).to_be_focused()
    assert [request.url for request in sent if request.method == "POST"] == []


INFO = "CSQ=" + "A|intergenic_variant|MODIFIER|" * 4
"""The same in each record, so that the compressed file grows forty times."""

RECORDS = "".join(f"MT\t{1 + n * 7919 % 16569}\t.\tA\tG\t.\t.\t{INFO}\n" for n in range(90_000))
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


def test_should_be_stopped_with_a_way_out_when_a_file_is_more_than_a_job_takes(
    person: Person, cloud: DeployedCloud, tmp_path: Path
) -> None:
    user = cloud.users.by_email(person.email)
    assert user
    cloud.change_role(user.user_id, Role.PREMIUM_USER)
    text = (VCF + COLUMNS + RECORDS).encode()
    begin = {"plain.vcf": text, "packed.vcf.gz": gzip.compress(text)}
    for name, body in begin.items():
        (tmp_path / name).write_bytes(body)
        os.truncate(tmp_path / name, MAX_INPUT_BYTES + 1)  # sparse: it takes no room
    (tmp_path / "fits.vcf.gz").write_bytes(begin["packed.vcf.gz"])
    os.truncate(tmp_path / "fits.vcf.gz", MAX_INPUT_BYTES)

    page = person.page
    page.goto("/upload")
    expect(page.locator("#hint")).to_contain_text("up to 5 GB (5,000,000,000 bytes) per file")
    page.get_by_label("VCF file").set_input_files(sorted(tmp_path.iterdir()))
    fits, packed, plain = page.locator(".upload-item").all()
    expect(plain.get_by_role("alert")).to_contain_text("the limit is 5 GB. Compress it")
    expect(packed.get_by_role("alert")).to_contain_text("the limit is 5 GB. Split it")
    expect(fits.locator("[data-part=warning]")).to_contain_text("the limit is 72 GB")
    expect(fits).to_contain_text("Ready")


def test_should_be_refused_by_s3_when_somebody_goes_around_the_page(person: Person) -> None:
    person.page.goto("/upload")
    refused = person.page.evaluate(SEND_TO_S3, LIMIT + 1)
    assert refused["stored"] == 400
    assert "EntityTooLarge" in refused["said"]
    assert refused["job"] == 400
    taken = person.page.evaluate(SEND_TO_S3, LIMIT)
    assert (taken["stored"], taken["job"]) == (204, 201)
