"""Notation of changes of proteins, from csq's residues."""

import pytest

from runtime.annotator.protein_changes import protein_change


@pytest.mark.parametrize(
    ("names", "residues", "notation"),
    [
        ("missense", "156L>156R", "p.Leu156Arg"),
        ("synonymous", "12G", "p.Gly12="),
        ("synonymous", "12GA", "p.Gly12_Ala13="),
        ("stop_gained", "5W>5*", "p.Trp5Ter"),
        ("stop_lost", "175*>175S", "p.Ter175SerextTer?"),
        ("stop_retained", "175*", "p.Ter175="),
        ("start_lost", "1M>1T", "p.Met1?"),
        ("start_lost", "1I>1T", "p.Met1?"),
        ("start_retained", "1M", "p.Met1="),
        ("inframe_deletion", "2PM>2L", "p.Pro2_Met3delinsLeu"),
        ("inframe_deletion", "2PM>2P", "p.Met3del"),
        ("inframe_deletion", "2PMAN>2PN", "p.Met3_Ala4del"),
        ("inframe_insertion", "2P>2HA", "p.Pro2delinsHisAla"),
        ("inframe_insertion", "2P>2PHA", None),
        ("inframe_insertion", "2PM>2PHM", "p.Pro2_Met3insHis"),
        ("stop_retained", "2P*>2P**", "p.Pro2_Ter3="),
        ("frameshift&stop_lost", "226T*>226T", None),
        ("missense", "2PMAN>2KKKK", "p.Pro2_Asn5delinsLysLysLysLys"),
        ("missense", "2PMAN>2PKAN", "p.Met3Lys"),
        ("frameshift", "23RGST>23RDK*", "p.Gly24AspfsTer3"),
        ("frameshift", "23RGST>23RDK", "p.Gly24AspfsTer?"),
        ("stop_gained&frameshift", "23RGST>23R*", "p.Gly24Ter"),
        ("frameshift", "121ARYY..1050>121ARYY..130", "p.Tyr124fs"),
        ("frameshift&stop_lost", "175*>175I", "p.Ter175IleextTer?"),
        ("stop_lost&inframe_deletion", "174G*>174A", "p.Gly174_Ter175delinsAla"),
        ("missense", "", None),
        ("missense", "odd", None),
    ],
)
def test_should_describe_a_change_of_the_protein(
    names: str, residues: str, notation: str | None
) -> None:
    assert protein_change(tuple(names.split("&")), residues, lambda _number: None) == notation


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

    assert change == notation
