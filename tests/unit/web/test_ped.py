"""PED files as the explorer's page reads them."""

from typing import Any

import pytest

from runtime.web.extensions.assets import STATIC
from tests.unit.node import run_by_node

SCRIPT = """
import { readFileSync } from "node:fs";
const { trioOf } = await import(`${process.argv[1]}/parse.js`);
const { text, samples } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(trioOf(text, samples)));
"""
SAMPLES = ["kid", "mum", "dad"]
TRIO = "F1\tkid\tdad\tmum\t1\t2\nF1\tdad\t0\t0\t1\t1\nF1\tmum\t0\t0\t2\t1\n"


def trio_of(text: str, samples: list[str]) -> Any:
    """What the page's script makes of a file."""
    given = {"text": text, "samples": samples}
    return run_by_node(SCRIPT, str(STATIC / "js" / "ped"), given=given)


@pytest.mark.parametrize(
    ("text", "mother", "father", "affected_parents"),
    [
        (TRIO, "mum", "dad", []),
        (TRIO.replace("mum\t0\t0\t2\t1", "mum\t0\t0\t2\t2"), "mum", "dad", ["mother"]),
        ("#family sample\n\n" + TRIO.replace("\t", "  ").replace("\n", "\r\n"), "mum", "dad", []),
        ("F1 kid 0 mum 2 2\n", "mum", "", []),
        ("F1 kid gran mum 2 2\n", "mum", "", []),
        ("F1 mum 0 0 2 2\n" + TRIO, "mum", "dad", []),
        ("F1 kid 0 0 0 2 extra columns\n", "", "", []),
    ],
)
def test_should_name_the_people_when_the_file_is_a_pedigree(
    text: str, mother: str, father: str, affected_parents: list[str]
) -> None:
    assert trio_of(text, SAMPLES) == {
        "affected": "kid",
        "mother": mother,
        "father": father,
        "affectedParents": affected_parents,
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (TRIO.replace("1\t2\n", "1\t1\n", 1), "is affected"),
        ("F1 other 0 0 1 2\n", "is affected"),
        ("", "is affected"),
        ("kid 2\n", "fewer than six columns: kid 2"),
    ],
)
def test_should_say_why_when_it_tells_nobody_affected(text: str, reason: str) -> None:
    assert reason in trio_of(text, SAMPLES)["reason"]
