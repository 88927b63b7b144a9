"""SIFT and PolyPhen on the pages of a result whose reference has them."""

import json
from pathlib import Path

import pytest

from runtime.common.job import Job
from runtime.common.reference import Reference
from runtime.common.users import User
from tests.genome.models import genome
from tests.genome.oracle import changes
from tests.unit.reference.ensembl_genes import build_predicted, proteins, said
from tests.unit.web.site import Browser, Site
from tests.unit.web.variants.conftest import HEADER
from tests.unit.web.variants.results import annotated, exported, table_of
from tests.unit.web.variants.test_page import text_of

NAME = "ENST00000000001"
[CHANGE] = [
    change
    for model in genome().models
    if model.name == NAME
    for change in changes(model)
    if change.terms == {"missense_variant"}
][:1]


@pytest.fixture(scope="module")
def user(invented_site: Site) -> User:
    return invented_site.user()


@pytest.fixture
def browser(invented_site: Site, user: User) -> Browser:
    return invented_site.browser(user)


@pytest.fixture(scope="module")
def protein(genome_bundle: Path) -> str:
    return proteins(genome_bundle)[NAME]


@pytest.fixture(scope="module")
def job(
    invented_site: Site, user: User, protein: str, tmp_path_factory: pytest.TempPathFactory
) -> Job:
    folder = tmp_path_factory.mktemp("predicted")
    build_predicted(folder, {NAME: protein})
    columns = [CHANGE.model.contig, str(CHANGE.position_on_contig), ".", CHANGE.ref, CHANGE.alt]
    line = "\t".join([*columns, ".", "PASS", ".", "GT", "0/1"])
    reference = Reference.load(folder / "bundle")
    return annotated(invented_site, user, f"{HEADER}{line}\n", made_with=reference)


def test_should_show_predictions_in_the_panel_the_export_and_the_provenance(
    browser: Browser, job: Job, protein: str
) -> None:
    where = f"/jobs/{job.job_id}/variants"
    found = [
        said(protein, CHANGE.position, CHANGE.amino_acids[2], tool)
        for tool in ("sift", "polyphen_humvar")
    ]

    page = text_of(browser.get(f"{where}?variant=1-1").text)
    [row] = table_of(exported(browser, f"{where}.tsv").text)
    made = json.loads(browser.get(f"/jobs/{job.job_id}/provenance.json").data)

    assert f"SIFT {found[0].replace('_', ' ')} PolyPhen {found[1].replace('_', ' ')}" in page
    assert [row["SIFT"], row["PolyPhen"]] == found
    assert made["engines"][0]["predictions"] == "SIFT 6.2.1 and PolyPhen 2.2.3 of VEP cache 116"
    assert "SIFT" in made["columns"]
