"""`python -m stacks.costs` brings the tables in docs/deploy.md up to date."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from scaling.simulate.instance_prices import PRICES as INSTANCES
from stacks.costs import prices, usage
from stacks.costs.usage import Item
from stacks.settings import load

STAGES = ("dev", "prod")

PAGE = Path(__file__).parents[2] / "docs/deploy.md"
BEGIN, END = "<!-- costs: begin -->\n", "<!-- costs: end -->"


def updated(page: str) -> str:
    """Return the text of the page with up-to-date tables."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    return "".join([before, begin, *(f"{line}\n" for line in document()), end, after])


def document() -> Iterator[str]:
    """The tables, line by line."""
    yield (
        f"Prices of {prices.REGION}, looked up {prices.DATE}, those of instances {INSTANCES.date}, "
        "without free tiers, taxes and discounts; the source of each is linked."
    )
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
    price = f"{item.price.usd:.9f}".rstrip("0").rstrip(".")
    linked = f"[{price}]({item.price.page}) per {item.price.unit}"
    return f"| {item.what} | {item.amount:,.7g} | {linked} | {_money(item.usd)} |"


def _money(usd: float) -> str:
    return f"{usd:,.2f}" if usd >= 1 else f"{usd:.3f}"


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
