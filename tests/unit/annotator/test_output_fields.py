"""What is said of a result's files is said of what is in them."""

from runtime.annotator.bundle import Bundle
from runtime.annotator.csq_field import fields
from runtime.annotator.effects import PREDICTIONS
from runtime.annotator.genotype_table import SCHEMA
from runtime.annotator.schema import schema
from runtime.common.output_fields import SUMMARY_KEYS, output_fields
from tests.unit.annotator.conftest import Annotate
from tests.unit.annotator.vcfs import ONE

LISTED = output_fields()


def test_should_write_the_listed_columns_and_those_of_tracks(bundle: Bundle) -> None:
    left_out = set() if bundle.predictions else set(PREDICTIONS)
    listed = [field.name for field in (*LISTED.allele, *LISTED.effect)]
    of_tracks = [field.column for field in bundle.fields]
    expected = [name for name in listed if name not in left_out] + of_tracks
    assert schema(bundle).names == expected
    assert SCHEMA.names == [field.name for field in LISTED.genotype]


def test_should_explain_every_field_of_csq_and_no_other() -> None:
    explained = {field.name for field in (*LISTED.effect, *LISTED.csq)}
    written = set(fields(predictions=True))
    assert written <= explained
    assert {field.name for field in LISTED.csq} <= written


def test_should_say_what_each_field_means_and_whose_it_is() -> None:
    tables = (LISTED.allele, LISTED.effect, LISTED.genotype, LISTED.csq, LISTED.info)
    for field in (field for table in tables for field in table):
        assert field.meaning.endswith("."), field.name
        assert field.source in LISTED.sources, field.name
    for table in tables[:3]:
        assert all(field.type for field in table)


def test_should_explain_every_key_of_a_summary(annotate: Annotate) -> None:
    assert set(SUMMARY_KEYS) == set(annotate(ONE).summary)
