"""A plan's limit holds in the page, and in S3 when somebody goes around the page."""

from pathlib import Path

from playwright.sync_api import Request, expect

from tests.browser.person import Person

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
    file.write_text(VCF + "x" * LIMIT)
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    person.page.on("request", note)
    person.choose(file)
    problem = person.page.get_by_role("alert").filter(visible=True)
    expect(problem).to_contain_text("your plan allows 150 KB")
    person.page.get_by_role("button", name="Upload and annotate").click()
    expect(person.page.get_by_label("VCF file")).to_be_focused()
    assert [request.url for request in sent if request.method == "POST"] == []


def test_should_be_refused_by_s3_when_somebody_goes_around_the_page(person: Person) -> None:
    person.page.goto("/upload")
    refused = person.page.evaluate(SEND_TO_S3, LIMIT + 1)
    assert refused["stored"] == 400
    assert "EntityTooLarge" in refused["said"]
    assert refused["job"] == 400
    taken = person.page.evaluate(SEND_TO_S3, LIMIT)
    assert (taken["stored"], taken["job"]) == (204, 201)
