"""Where a variant's links lead, by what is known of it and by the reference."""

from dataclasses import replace

import pytest

from runtime.common.manifest import Contig
from runtime.web.services.variants.external_links import id_url, links_of
from runtime.web.services.variants.variant import Variant, VariantKey

MT = Contig(name="MT", aliases=["chrM", "NC_012920.1"], length=16569, genetic_code=2, circular=True)
MOUSE = Contig(name="MT", aliases=["chrM"], length=16299, genetic_code=2, circular=True)
ONE = Contig(name="chr1", aliases=["1"], length=248956422, genetic_code=1, circular=False)
UNKNOWN = Variant(
    number=1,
    key=VariantKey(1, 1),
    contig="chrM",
    position=11778,
    ref="G",
    alt="A",
    variant_class="SNV",
    genomic=None,
    id=None,
    quality=None,
    filter=None,
    frequency=None,
    not_annotated=None,
    fields={},
    effects=(),
)


KNOWN = replace(UNKNOWN, fields={"known_id": "rs199476112"})


@pytest.mark.parametrize(
    ("variant", "contig", "assembly", "urls"),
    [
        (
            KNOWN,
            MT,
            "rCRS",
            [
                "https://www.ncbi.nlm.nih.gov/snp/rs199476112",
                "https://www.ncbi.nlm.nih.gov/clinvar/?term=rs199476112",
                "https://gnomad.broadinstitute.org/variant/M-11778-G-A?dataset=gnomad_r3",
                "https://www.ensembl.org/Homo_sapiens/Variation/Explore?v=rs199476112",
            ],
        ),
        (
            replace(UNKNOWN, contig="1", fields={"clinvar_id": "9690"}),
            ONE,
            "GRCh38.p14",
            [
                "https://www.ncbi.nlm.nih.gov/clinvar/variation/9690/",
                "https://gnomad.broadinstitute.org/variant/1-11778-G-A?dataset=gnomad_r4",
                "https://www.ensembl.org/Homo_sapiens/Location/View?r=1:11748-11808",
            ],
        ),
        (
            UNKNOWN,
            MT,
            "rCRS",
            [
                "https://www.ncbi.nlm.nih.gov/clinvar/?term=MT%5Bchr%5D%20AND%2011778%3A11778%5Bchrpos%5D",
                "https://gnomad.broadinstitute.org/variant/M-11778-G-A?dataset=gnomad_r3",
                "https://www.ensembl.org/Homo_sapiens/Location/View?r=MT:11748-11808",
            ],
        ),
        (
            replace(UNKNOWN, ref="GT", alt="at", variant_class="SNV"),
            MT,
            "rCRS",
            [
                "https://www.ncbi.nlm.nih.gov/clinvar/?term=MT%5Bchr%5D%20AND%2011778%3A11778%5Bchrpos%5D",
                "https://gnomad.broadinstitute.org/variant/M-11778-G-A?dataset=gnomad_r3",
                "https://www.ensembl.org/Homo_sapiens/Location/View?r=MT:11748-11808",
            ],
        ),
        (
            UNKNOWN,
            ONE,
            "GRCh37",
            [
                "https://www.ncbi.nlm.nih.gov/clinvar/?term=1%5Bchr%5D%20AND%2011778%3A11778%5Bchrpos%5D",
                "https://gnomad.broadinstitute.org/variant/1-11778-G-A?dataset=gnomad_r2_1",
                "https://grch37.ensembl.org/Homo_sapiens/Location/View?r=1:11748-11808",
            ],
        ),
        (
            UNKNOWN,
            ONE,
            "GRCh38.p14",
            [
                "https://www.ncbi.nlm.nih.gov/clinvar/?term=1%5Bchr%5D%20AND%2011778%3A11778%5Bchrpos%5D",
                "https://gnomad.broadinstitute.org/variant/1-11778-G-A?dataset=gnomad_r4",
                "https://www.ensembl.org/Homo_sapiens/Location/View?r=1:11748-11808",
            ],
        ),
        (KNOWN, MOUSE, "GRCm39", ["https://www.ncbi.nlm.nih.gov/snp/rs199476112"]),
        (KNOWN, ONE, "GRCm39", ["https://www.ncbi.nlm.nih.gov/snp/rs199476112"]),
        (UNKNOWN, None, "rCRS", []),
        (
            replace(UNKNOWN, id="rs1; <script>"),
            None,
            "rCRS",
            ["https://www.ncbi.nlm.nih.gov/snp/rs1"],
        ),
    ],
)
def test_should_lead_to_the_variant(
    variant: Variant, contig: Contig | None, assembly: str, urls: list[str]
) -> None:
    assert [link.url for link in links_of(variant, contig, assembly)] == urls


@pytest.mark.parametrize(
    ("identifier", "url"),
    [
        ("ENST00000361390.2", "https://www.ensembl.org/id/ENST00000361390"),
        ("ENSMUSG00000064341", "https://www.ensembl.org/id/ENSMUSG00000064341"),
        ("NM_000059.4", "https://www.ncbi.nlm.nih.gov/nuccore/NM_000059.4"),
        ("NR_046018.2", "https://www.ncbi.nlm.nih.gov/nuccore/NR_046018.2"),
        ("2L52.1a.1", None),
        ("ENST00000361390.2/../x", None),
    ],
)
def test_should_lead_to_the_page_of_an_identifier(identifier: str, url: str | None) -> None:
    assert id_url(identifier) == url
