"""`python -m stacks.costs STAGE` prints what a stage costs.

Without a stage it brings the tables in docs/deploy.md up to date.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from scaling.simulate.instance_prices import PRICES as INSTANCES
from stacks.costs import prices, usage
from stacks.costs.usage import Item
from stacks.settings import SettingsError, Stage, load

STAGES = ("starter", "dev", "prod")

HEAD = (
    f"Prices of {prices.REGION}, looked up {prices.DATE}, those of instances {INSTANCES.date}, "
    "without free tiers, taxes and discounts{linked}."
)

PAGE = Path(__file__).parents[2] / "docs/deploy.md"
BEGIN, END = "<!-- costs: begin -->\n", "<!-- costs: end -->"


def main(arguments: Sequence[str]) -> int:
    """Print a stage's costs, or write the page; returns the exit code."""
    if not arguments:
        PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
        return 0
    try:
        stage = load(arguments[0])
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"{line}\n" for line in costs_of(stage))
    return 0


def costs_of(stage: Stage) -> Iterator[str]:
    """What a stage costs, as text, line by line."""
    yield HEAD.format(linked="")
    yield f"\nIdle, stage {stage.name}, a month of the smallest groups:\n"
    yield from _lines(usage.idle_month(stage))
    yield "\n1,000 jobs of Free users, 150 KB each, on instances that run anyway:\n"
    yield from _lines(usage.thousand_jobs(traces_recorded=stage.observability.recorded))
    yield "\ndocs/deploy.md links the source of each price."


def _lines(items: Iterable[Item]) -> Iterator[str]:
    """The items from the dearest, and the sum, in columns."""
    paid = sorted((item for item in items if item.usd), key=lambda item: -item.usd)
    for item in paid:
        price = f"{item.amount:,.7g} x {_price(item)} per {item.price.unit}"
        yield f"{_money(item.usd):>9}  {item.what} ({price})"
    yield f"{_money(sum(item.usd for item in paid)):>9}  USD in all"


def updated(page: str) -> str:
    """Return the text of the page with up-to-date tables."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    return "".join([before, begin, *(f"{line}\n" for line in document()), end, after])


def document() -> Iterator[str]:
    """The tables, line by line."""
    yield HEAD.format(linked="; the source of each is linked")
    for stage in STAGES:
        yield f"\n**Idle, stage `{stage}`**, a month of the smallest groups:\n"
        yield from table(usage.idle_month(load(stage)))
    yield "\n**1,000 jobs** of Free users, 150 KB each, on instances that run anyway:\n"
    yield from table(usage.thousand_jobs())
    yield "\n**1,000 results restored**, by the Expedited tier:\n"
    yield from table(usage.thousand_restores())


def table(items: Iterable[Item]) -> Iterator[str]:
    """A table in Markdown, with the sum."""
    paid = [item for item in items if item.usd]
    yield "| what | amount | price, USD | comes to, USD |"
    yield "|---|---|---|---|"
    yield from (_row(item) for item in paid)
    yield f"| **sum** | | | **{_money(sum(item.usd for item in paid))}** |"


def _row(item: Item) -> str:
    linked = f"[{_price(item)}]({item.price.page}) per {item.price.unit}"
    return f"| {item.what} | {item.amount:,.7g} | {linked} | {_money(item.usd)} |"


def _price(item: Item) -> str:
    return f"{item.price.usd:.9f}".rstrip("0").rstrip(".")


def _money(usd: float) -> str:
    return f"{usd:,.2f}" if usd >= 1 else f"{usd:.3f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
