"""What pages say of the references offered: which, in which version, by which names of contigs."""

import pytest
from flask import render_template_string

from runtime.common.manifest import Contig
from tests.unit.web.site import Site

NAMES = "{% from 'references.html' import contig_names %}{{ contig_names(contigs) }}"


@pytest.mark.parametrize("path", ["/", "/upload"])
def test_should_name_every_reference_with_its_version_when_a_page_presents_the_service(
    site: Site, invented_site: Site, path: str
) -> None:
    for each in (site, invented_site):
        page = each.browser(each.user()).get(path).text
        for reference in each.services.references:
            assert reference.manifest.assembly in page
            assert f"ersion {reference.version}" in page


def test_should_name_tracks_with_their_versions_when_the_landing_page_is_read(site: Site) -> None:
    [track] = site.reference.manifest.tracks
    assert f"Tracks: {track.name} {track.version}." in site.visitor().get("/").text


def test_should_name_all_contigs_when_they_are_few_and_the_first_when_they_are_many(
    site: Site,
) -> None:
    contigs = [
        Contig(name=str(n), aliases=[f"chr{n}"], length=9, genetic_code=1, circular=False)
        for n in range(1, 26)
    ]
    with site.app.test_request_context("/"):
        few = render_template_string(NAMES, contigs=contigs[:2]).strip()
        many = render_template_string(NAMES, contigs=contigs).strip()
    assert few == "1 (also chr1), 2 (also chr2)"
    assert many == "25 contigs, 1 to 25; 1 may also be called chr1, and the others likewise"
