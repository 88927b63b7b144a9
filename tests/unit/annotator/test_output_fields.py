"""What is said of a result's files is said of what is in them."""

from runtime.annotator.bundle import Bundle
from runtime.annotator.effects import PREDICTIONS
from runtime.annotator.genotype_table import SCHEMA
from runtime.annotator.schema import schema
from runtime.common.output_fields import GENOTYPE_COLUMNS, SUMMARY_KEYS, VARIANT_COLUMNS
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import ONE


def test_should_explain_every_column_of_variants_in_its_order(bundle: Bundle) -> None:
    of_tracks = {field.column for field in bundle.fields}
    written = [name for name in schema(bundle).names if name not in of_tracks]
    left_out = set() if bundle.predictions else set(PREDICTIONS)
    assert [name for name in VARIANT_COLUMNS if name not in left_out] == written


def test_should_explain_every_column_of_genotypes_in_its_order() -> None:
    assert list(GENOTYPE_COLUMNS) == SCHEMA.names


def test_should_explain_every_key_of_a_summary(annotate: Annotate) -> None:
    assert set(SUMMARY_KEYS) == set(annotate(ONE).summary)
