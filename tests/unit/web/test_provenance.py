"""How a result was made: what is told of it, and that the commands make the same annotation."""

import gzip
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from runtime.common.job import Job
from runtime.common.references import References
from runtime.common.users import User
from runtime.vcf.consequences import INTERGENIC, SO_TERMS, compound, parse
from runtime.web.context import EXTENSION
from tests.unit.web.job_states import completed
from tests.unit.web.site import Browser, Site
from tests.unit.web.variants.results import annotated

BCFTOOLS = f"""#!{sys.executable}
import sys, pysam.bcftools
getattr(pysam.bcftools, sys.argv[1])(*sys.argv[2:], catch_stdout=False)
"""
ELSEWHERE = "chr1\t"
Effects = set[tuple[str, str]]
Place = tuple[str, str, str, str]
TRACKS = (
    *("KNOWN_ID", "CLINICAL_SIGNIFICANCE", "CONDITION"),
    *("MITOMAP_STATUS", "MITOMAP_PUBMED", "MITOMAP_FREQUENCY", "MITOTIP_SCORE"),
)


def sample(site: Site) -> str:
    return (site.reference.folder / "sample.vcf").read_text()


def test_should_tell_checksums_versions_and_options(
    site: Site, user: User, browser: Browser
) -> None:
    job = annotated(site, user, sample(site))
    made = browser.get(f"/jobs/{job.job_id}/provenance.json").get_json()
    assert made["input"]["sha256"] in browser.get(f"/jobs/{job.job_id}/provenance").text
    [engine] = made["engines"]
    assert (engine["name"], engine["version"]) == ("bcftools csq", "1.24")
    assert engine["genetic_codes"] == [2]
    assert made["columns"]["HGVSg"].startswith("HGVS name of the change in the genome")
    assert made["columns"]["known_id"]
    bundle = made["reference"]
    assert (bundle["name"], bundle["version"], bundle["assembly"]) == ("rcrs", "1.1.0", "rCRS")
    track = bundle["tracks"][0]
    assert (track["name"], track["version"], track["date"]) == ("known", "1.1.0", "2026-11-22")
    assert made["checksums"]["genome.fa"].startswith("sha256:")
    assert made["results"][0] == "x.annot.vcf.gz"


def test_should_tell_the_assembly_of_the_file_and_what_is_odd(
    site: Site, user: User, browser: Browser
) -> None:
    odd = "##fileformat=VCFv4.2\n##reference=GRCh38\n##contig=<ID=1,length=249250621>"
    job = annotated(site, user, sample(site).replace("##fileformat=VCFv4.2", odd, 1))

    made = browser.get(f"/jobs/{job.job_id}/provenance").text
    assert "GRCh37 (hg19): its contig 1 has 249,250,621 bases" in made
    result = browser.get(f"/jobs/{job.job_id}").text
    assert "header contradicts itself: its contig 1 has 249,250,621 bases" in result


def file_of(browser: Browser, name: str, reference: str = "rcrs") -> bytes:
    """A file of a reference, as it is sent."""
    with browser.get(f"/reference/{reference}/{name}") as answer:
        body: bytes = answer.data
        return body


def annotation(
    file: bytes, terms_of: Callable[[dict[str, str]], Effects]
) -> dict[Place, tuple[Effects, list[str]]]:
    """The effects of each record with one ALT allele, and what the tracks say, by place and
    change."""
    found = {}
    for line in gzip.decompress(file).decode().splitlines():
        columns = line.split("\t")
        if line.startswith(("#", ELSEWHERE)) or "," in columns[4]:
            continue
        info = dict(item.partition("=")[::2] for item in columns[7].split(";"))
        place = (columns[0].replace("chrM", "MT"), columns[1], columns[3], columns[4])
        found[place] = (terms_of(info), [unquote(info.get(key, ".")) for key in TRACKS])
    return found


def of_csq(info: dict[str, str]) -> Effects:
    """Transcript, without its version, and terms of each effect, as VEP writes them."""
    effects = [each.split("|") for each in info.get("CSQ", "").split(",") if each]
    return {(each[6].partition(".")[0], each[1]) for each in effects}


def of_bcsq(info: dict[str, str]) -> Effects:
    """The same as bcftools csq writes them."""
    effects = [parse(each) for each in info.get("BCSQ", "").split(",") if each]
    found = {
        (each.transcript, compound({SO_TERMS[name] for name in each.names})) for each in effects
    }
    return found or {("", INTERGENIC)}


def with_others(sample: str) -> str:
    """The same with a record on a contig that the reference lacks."""
    declared = sample.replace("##contig", "##contig=<ID=chr1>\n##contig", 1)
    return f"{declared}{ELSEWHERE}1000\t.\tC\tT\t.\tPASS\tDP=9\tGT\t0/1\n"


def run(
    browser: Browser, made: dict[str, Any], upload: str, folder: Path
) -> "subprocess.CompletedProcess[str]":
    """Run the commands beside the upload and the reference's files."""
    (folder / made["input_file_name"]).write_text(upload)
    for name in made["checksums"]:
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(file_of(browser, name, made["reference"]["name"]))
    tools = folder / "bin"
    tools.mkdir()
    (tools / "bcftools").write_text(BCFTOOLS)
    (tools / "bcftools").chmod(0o755)
    script = "\n".join(["set -e", *made["commands"]])
    own = Path(sys.executable).parent  # vepyr's command is beside Python
    path = {"PATH": f"{tools}:{own}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, env=path, check=False, capture_output=True, text=True
    )


@pytest.mark.parametrize("made_of", [str, with_others])
def test_should_make_the_same_annotation_when_the_commands_are_run(
    site: Site, user: User, browser: Browser, tmp_path: Path, made_of: Callable[[str], str]
) -> None:
    upload = made_of(sample(site))
    job = annotated(site, user, upload, "my upload.vcf")
    made = browser.get(f"/jobs/{job.job_id}/provenance.json").get_json()
    assert run(browser, made, upload, tmp_path).returncode == 0

    ours = annotation(result_of(site, job), of_csq)
    theirs = annotation((tmp_path / "annotated.code-2.vcf.gz").read_bytes(), of_bcsq)
    assert len(ours) > 60
    tracks = annotation((tmp_path / "annotated.tracks.vcf.gz").read_bytes(), of_bcsq)
    # The others are written with more bases than they change.
    alike = ours.keys() & tracks.keys()
    assert [(key, ours[key][1]) for key in alike] == [(key, tracks[key][1]) for key in alike]
    assert len(alike) > 60
    differing = [key for key in ours if _coarse(ours[key][0]) != _coarse(theirs[key][0])]
    # What the page says: GAS corrects changes of start codons and of completed stop codons.
    corrected = [key for key in differing if re.search("start_|stop_", str(ours[key][0]))]
    assert [(ours[key][0], theirs[key][0]) for key in differing if key not in corrected] == []
    assert len(differing) < 5


def _coarse(effects: Effects) -> Effects:
    """As csq says it: of genes without CDS neither the transcript nor exon or intron."""
    rna = ("", "non_coding_transcript_variant")
    return {rna if effect[1].startswith("non_coding") else effect for effect in effects}


def result_of(site: Site, job: Job) -> bytes:
    """The annotated VCF of a job."""
    key = job.result_keys.vcf
    body: bytes = site.s3.get_object(Bucket=site.config.results_bucket, Key=key)["Body"].read()
    return body


def test_should_make_the_same_annotation_by_both_engines_when_the_contigs_need_both(
    invented_site: Site, tmp_path: Path
) -> None:
    user = invented_site.user()
    upload = sample(invented_site)
    job = annotated(invented_site, user, upload)
    browser = invented_site.browser(user)
    made = browser.get(f"/jobs/{job.job_id}/provenance.json").get_json()
    assert [engine["name"] for engine in made["engines"]] == ["vepyr", "bcftools csq"]
    assert run(browser, made, upload, tmp_path).returncode == 0
    ours = annotation(result_of(invented_site, job), of_csq)
    theirs = {
        key: effects
        for code, read in ((1, of_csq), (2, of_bcsq))
        for key, (effects, _) in annotation(
            (tmp_path / f"annotated.code-{code}.vcf.gz").read_bytes(), read
        ).items()
    }
    assert {key: effects for key, (effects, _) in ours.items()} == {
        (key[0].replace("chrM", "MT"), *key[1:]): effects for key, effects in theirs.items()
    }
    page = browser.get(f"/jobs/{job.job_id}/provenance").text
    assert "vepyr 0.10.0 (Ensembl VEP 116) on contigs of genetic code 1" in page


def test_should_say_so_when_the_commands_stop_at_a_record(
    site: Site, user: User, browser: Browser, tmp_path: Path
) -> None:
    stops = "The commands may stop with an error"
    right = annotated(site, user, sample(site))
    assert stops not in browser.get(f"/jobs/{right.job_id}/provenance").text

    upload = sample(site) + "chrM\t8993\t.\tA\tG\t.\tPASS\tDP=9\tGT\t0/1\n"  # it is T there
    job = annotated(site, user, upload)
    assert stops in browser.get(f"/jobs/{job.job_id}/provenance").text
    made = browser.get(f"/jobs/{job.job_id}/provenance.json").get_json()
    assert made["contradicting_reference"] == 1
    stopped = run(browser, made, upload, tmp_path)
    assert stopped.returncode != 0
    assert "the fasta reference does not match the VCF REF allele at MT:8993" in stopped.stderr


def test_should_leave_out_what_it_cannot_know_when_the_reference_has_changed(
    site: Site, user: User, browser: Browser
) -> None:
    job = annotated(site, user, sample(site))
    body = browser.get(f"/jobs/{job.job_id}/summary.json").data
    other = completed(site, user, summary=body.replace(b'"1.1.0"', b'"0.9.0"'))
    made = browser.get(f"/jobs/{other.job_id}/provenance.json").get_json()
    assert (made["checksums"], made["commands"]) == ({}, [])
    assert (
        "no longer offers this version of the reference"
        in browser.get(f"/jobs/{other.job_id}/provenance").text
    )


def test_should_show_what_was_left_out_of_the_reference(
    site: Site, user: User, browser: Browser
) -> None:
    job = annotated(site, user, sample(site))
    page = f"/jobs/{job.job_id}/provenance"
    assert "Left out of the reference" not in browser.get(page).text

    reference = site.services.references.default
    left_out = {"transcripts whose exons overlap": 1_234}
    manifest = reference.manifest.model_copy(update={"left_out": left_out})
    other = References.of([replace(reference, manifest=manifest)])
    site.app.extensions[EXTENSION] = replace(site.services, references=other)

    text = browser.get(page).text
    assert "Left out of the reference" in text
    assert re.search(r"Transcripts whose exons overlap</th><td class=\"count\">1,234<", text)
    assert browser.get(f"{page}.json").get_json()["left_out"] == left_out


def test_should_answer_404_when_there_is_no_summary(
    site: Site, user: User, browser: Browser
) -> None:
    job = completed(site, user)
    for form in ("", ".json"):
        assert browser.get(f"/jobs/{job.job_id}/provenance{form}").status_code == 404


def test_should_send_files_of_the_reference_and_ranges_of_them(
    site: Site, browser: Browser
) -> None:
    whole = (site.reference.folder / "genome.fa").read_bytes()
    assert file_of(browser, "genome.fa") == whole
    with browser.client.get("/reference/rcrs/genome.fa", headers={"Range": "bytes=10-19"}) as part:
        assert (part.status_code, part.data) == (206, whole[10:20])


def test_should_send_files_of_the_reference_as_the_checksums_beside_them_say(
    site: Site, browser: Browser
) -> None:
    manifest = site.reference.manifest
    assert any(name.endswith(".gz") for name in manifest.checksums)
    for name, checksum in manifest.checksums.items():
        with browser.get(f"/reference/rcrs/{name}") as answer:
            assert "Content-Encoding" not in answer.headers, name
            assert f"sha256:{hashlib.sha256(answer.data).hexdigest()}" == checksum
    with browser.get(f"/reference/rcrs/{manifest.genes}") as answer:
        assert answer.headers["Content-Type"] == "application/gzip"


@pytest.mark.parametrize(
    "name", ["none.fa", "..%2Frcrs%2Fgenome.fa", "..%2Foffered.json", ".verified"]
)
def test_should_send_nothing_else_of_the_disk(browser: Browser, name: str) -> None:
    assert browser.get(f"/reference/rcrs/{name}").status_code == 404
