"""What is read of a header that a stranger wrote."""

from runtime.vcf.file_facts import MOST_ASSEMBLIES, read_facts


def test_should_bound_what_is_kept_when_every_contig_names_another_assembly() -> None:
    facts = read_facts(f"##contig=<ID={at},assembly=x{at}>" for at in range(5_000))

    assert len(facts.assemblies) == MOST_ASSEMBLIES
    assert len(facts.lengths) == 5_000


def test_should_read_the_beginning_of_a_line_when_it_is_long() -> None:
    facts = read_facts(
        [f"##contig=<ID=1,length=7,{' ' * 5_000_000}x>", f"##reference={'x' * 20_000}"]
    )

    assert facts.lengths == {"1": 7}
    assert len(facts.reference) < 20_000
