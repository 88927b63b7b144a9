"""Notation of changes, on a gene of each strand with two exons, and on proteins."""

import pytest

from runtime.annotator.hgvs import coding_change, protein_change
from runtime.annotator.transcripts import Transcript


def transcript(strand: int, *, coding: bool = True) -> Transcript:
    """Exons 101-110 and 121-140, of which 105-110 and 121-129 are the CDS."""
    return Transcript(
        name="T",
        gene="G",
        biotype="protein_coding",
        contig="1",
        strand=strand,
        start=101,
        end=140,
        exons=((101, 110), (121, 140)),
        cds=((105, 110), (121, 129)) if coding else (),
    )


@pytest.mark.parametrize(
    ("position", "forward", "reverse", "non_coding"),
    [
        (100, None, None, None),
        (101, "-4", "*4", "1"),
        (104, "-1", "*1", "4"),
        (105, "1", "15", "5"),
        (110, "6", "10", "10"),
        (111, "6+1", "10-1", "10+1"),
        (115, "6+5", "10-5", "10+5"),
        (116, "7-5", "9+5", "11-5"),
        (120, "7-1", "9+1", "11-1"),
        (121, "7", "9", "11"),
        (129, "15", "1", "19"),
        (130, "*1", "-1", "20"),
        (140, "*11", "-11", "30"),
        (141, None, None, None),
    ],
)
def test_should_number_a_position_as_hgvs_does(
    position: int, forward: str | None, reverse: str | None, non_coding: str | None
) -> None:
    assert transcript(1).locate(position) == forward
    assert transcript(-1).locate(position) == reverse
    assert transcript(1, coding=False).locate(position) == non_coding


@pytest.mark.parametrize(
    ("position", "ref", "alt", "forward", "reverse"),
    [
        (106, "A", "C", "c.2A>C", "c.14T>G"),
        (106, "AC", "GT", "c.2_3delinsGT", "c.13_14delinsAC"),
        (105, "ACG", "A", "c.2_3del", "c.13_14del"),
        (105, "AC", "A", "c.2del", "c.14del"),
        (105, "A", "ACC", "c.1_2insCC", "c.14_15insGG"),
        (105, "ACC", "AG", "c.2_3delinsG", "c.13_14delinsC"),
        (105, "AAA", "AA", "c.3del", "c.15del"),
        (109, "GGTC", "G", "c.6_6+2del", "c.10-2_10del"),
        (99, "AAAA", "A", None, None),
        (140, "A", "AT", None, None),
        (90, "A", "C", None, None),
    ],
)
def test_should_describe_a_change_on_the_transcript(
    position: int, ref: str, alt: str, forward: str | None, reverse: str | None
) -> None:
    assert coding_change(transcript(1), position, ref, alt) == forward
    assert coding_change(transcript(-1), position, ref, alt) == reverse


def test_should_use_n_when_the_transcript_has_no_cds() -> None:
    assert coding_change(transcript(1, coding=False), 102, "A", "G") == "n.2A>G"


@pytest.mark.parametrize(
    ("names", "residues", "position", "shown", "notation"),
    [
        ("missense", "156L>156R", 156, "L/R", "p.Leu156Arg"),
        ("synonymous", "12G", 12, "G", "p.Gly12="),
        ("synonymous", "12GA", 12, "GA", "p.Gly12_Ala13="),
        ("stop_gained", "5W>5*", 5, "W/*", "p.Trp5Ter"),
        ("stop_lost", "175*>175S", 175, "*/S", "p.Ter175SerextTer?"),
        ("stop_retained", "175*", 175, "*", "p.Ter175="),
        ("start_lost", "1M>1T", 1, "M/T", "p.Met1?"),
        ("start_lost", "1I>1T", 1, "I/T", "p.Met1?"),
        ("start_retained", "1M", 1, "M", "p.Met1="),
        ("inframe_deletion", "2PM>2L", 2, "PM/L", "p.Pro2_Met3delinsLeu"),
        ("inframe_deletion", "2PM>2P", 2, "PM/P", "p.Met3del"),
        ("inframe_deletion", "2PMAN>2PN", 2, "PMAN/PN", "p.Met3_Ala4del"),
        ("inframe_insertion", "2P>2HA", 2, "P/HA", "p.Pro2delinsHisAla"),
        ("inframe_insertion", "2P>2PHA", 2, "P/PHA", None),
        ("inframe_insertion", "2PM>2PHM", 2, "PM/PHM", "p.Pro2_Met3insHis"),
        ("stop_retained", "2P*>2P**", 2, "P*/P**", "p.Pro2_Ter3="),
        ("frameshift&stop_lost", "226T*>226T", 226, "T/X", None),
        ("missense", "2PMAN>2KKKK", 2, "PMAN/KKKK", "p.Pro2_Asn5delinsLysLysLysLys"),
        ("missense", "2PMAN>2PKAN", 2, "PMAN/PKAN", "p.Met3Lys"),
        ("frameshift", "23RGST>23RDK*", 23, "R/X", "p.Gly24AspfsTer3"),
        ("frameshift", "23RGST>23RDK", 23, "R/X", "p.Gly24AspfsTer?"),
        ("stop_gained&frameshift", "23RGST>23R*", 23, "R/X", "p.Gly24Ter"),
        ("frameshift", "121ARYY..1050>121ARYY..130", 121, "A/X", "p.Tyr124fs"),
        ("frameshift&stop_lost", "175*>175I", 175, "*/X", "p.Ter175IleextTer?"),
        ("stop_lost&inframe_deletion", "174G*>174A", 174, "G*/A", "p.Gly174_Ter175delinsAla"),
        ("missense", "", None, None, None),
        ("missense", "odd", None, None, None),
    ],
)
def test_should_describe_a_change_of_the_protein(
    names: str, residues: str, position: int | None, shown: str | None, notation: str | None
) -> None:
    change = protein_change(tuple(names.split("&")), residues)

    assert change == (position, shown, notation)


@pytest.mark.parametrize(
    ("residues", "notation"),
    [
        ("2A>2AW", "p.Ala2_Ser3insTrp"),
        ("3S>3SHA", "p.His4_His5insAlaHis"),
        ("2A>2AS", "p.Ser3dup"),
        ("4HH>4HHH", "p.His5dup"),
        ("4H>4HHH", "p.His4_His5dup"),
        ("4H>4HAH", "p.His4_His5insAlaHis"),
        ("2AS>2ASAS", "p.Ala2_Ser3dup"),
        ("1M>1MAS", "p.Ala2_Ser3dup"),
        ("2A>2AW*", "p.Ala2_Ser3insTrpTer"),
        ("2A>2A*", "p.Ser3Ter"),
        ("2A>2WA", "p.Met1_Ala2insTrp"),
        ("5H>5HW", None),
        ("2P>2PW", None),
    ],
)
def test_should_name_inserted_residues_by_those_around_them(
    residues: str, notation: str | None
) -> None:
    protein = dict(enumerate("MASHH*", 1))

    change = protein_change(("inframe_insertion",), residues, protein.get)

    assert change.notation == notation
