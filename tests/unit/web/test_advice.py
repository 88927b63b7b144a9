"""Every reason for which the annotator rejects a file has advice of its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import runtime.annotator
from runtime.annotator.compression import _OTHER_FORMATS
from runtime.common.job import CANCELLED
from runtime.common.jobs.attempts import GAVE_UP
from runtime.web.services.advice import DEFAULT, advice
from tests.unit.vcf.assembly_cases import CASES

ANNOTATOR = Path(runtime.annotator.__path__[0])


def texts(node: ast.expr) -> str:
    """The constant parts of a text, a name in the place of the others."""
    if isinstance(node, ast.JoinedStr):
        return "".join(texts(part) for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else "x"


def rejections() -> Iterator[str]:
    """The first argument of every error that ends a job."""
    kinds = {"InputRejected", "EngineFailed", "TimeLimitReached"}
    for module in sorted(ANNOTATOR.glob("*.py")):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            match node:
                case (
                    ast.Call(func=ast.Name(id=name), args=[ast.JoinedStr() as text, *_])
                    | ast.Call(func=ast.Name(id=name), args=[ast.Constant() as text, *_])
                ) if name in kinds:
                    yield texts(text)


@pytest.mark.parametrize("error", sorted(set(rejections())))
def test_should_say_what_to_do_when_the_annotator_rejects_a_file(error: str) -> None:
    assert advice(error) != DEFAULT


REFUSED = [case["found"]["contradiction"] for case in CASES if case["found"]["contradiction"]]


@pytest.mark.parametrize("error", REFUSED)
def test_should_say_what_to_do_when_a_file_is_of_another_assembly(error: str) -> None:
    assert advice(error) != DEFAULT


@pytest.mark.parametrize("what", _OTHER_FORMATS.values())
def test_should_ask_for_the_right_file_when_another_format_came(what: str) -> None:
    assert "variant caller" in advice(f"This is not a VCF file but {what}.")


def test_should_advise_another_run_when_the_service_is_at_fault() -> None:
    assert "Run it again" in advice(GAVE_UP.format(attempts=3))
    assert "Run it again" in advice(CANCELLED)


def test_should_lead_to_the_log_when_the_error_is_new() -> None:
    assert advice("Something that nobody thought of.") == DEFAULT
