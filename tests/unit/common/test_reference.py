"""What the pages read of the real bundle."""

from pathlib import Path

import pytest

from runtime.common.reference import Gene, Reference, ReferenceUnreadable


@pytest.fixture(scope="module")
def reference(bundle_folder: Path) -> Reference:
    return Reference.load(bundle_folder)


def test_should_find_a_contig_by_any_of_its_names(reference: Reference) -> None:
    found = {name: contig.name for name, contig in reference.contigs.items()}
    assert found == dict.fromkeys(("MT", "chrM", "M", "NC_012920.1", "chrMT"), "MT")
    assert reference.contigs["chrM"].length == 16_569


def test_should_read_genes_from_the_bundle(reference: Reference) -> None:
    genes = {gene.name: gene for gene in reference.genes_of("MT")}
    assert len(genes) == 37
    assert genes["MT-ND4"] == Gene("MT-ND4", "protein_coding", "MT", 10_760, 12_137, "+")
    assert genes["MT-ND6"].strand == "-"
    assert reference.genes_of("chr1") == ()


@pytest.mark.parametrize("manifest", [None, "{}", "no JSON"])
def test_should_name_the_file_when_the_bundle_cannot_be_read(
    tmp_path: Path, manifest: str | None
) -> None:
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(ReferenceUnreadable, match=r"manifest\.json"):
        Reference.load(tmp_path)
