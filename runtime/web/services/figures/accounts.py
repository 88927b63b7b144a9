"""How many accounts there are, by plan, as the janitor has counted them."""

from dataclasses import dataclass

from runtime.common.account_figures import AccountFigures
from runtime.common.figure_items import ACCOUNTS, FigureItems


@dataclass(frozen=True)
class AccountFiguresService:
    """Reads the figures."""

    figures: FigureItems

    def read(self) -> AccountFigures | None:
        """Return the figures; None where nothing was counted yet."""
        item = self.figures.get(ACCOUNTS)
        return None if item is None else AccountFigures.model_validate(item)
