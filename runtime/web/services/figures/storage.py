"""How much is stored, by bucket and storage class, as the janitor has read it."""

from dataclasses import dataclass

from runtime.common.figure_items import STORAGE, FigureItems
from runtime.common.storage_figures import StorageFigures
from runtime.contract.cloudwatch import STORAGE_TYPES


@dataclass(frozen=True)
class StoredClass:
    """A storage class in a bucket: what both are called, and the bytes."""

    bucket: str
    name: str
    stored: int


@dataclass(frozen=True)
class StorageView:
    """What the page shows."""

    figures: StorageFigures
    classes: list[StoredClass]

    @property
    def total(self) -> int:
        """Bytes in all buckets."""
        return sum(each.stored for each in self.classes)


@dataclass(frozen=True)
class StorageFiguresService:
    """Reads the figures."""

    figures: FigureItems

    def read(self) -> StorageView | None:
        """Return the figures; None where nothing was read yet."""
        item = self.figures.get(STORAGE)
        if item is None:
            return None
        found = StorageFigures.model_validate(item)
        classes = [
            StoredClass(name, label, bucket.stored[storage_type])
            for name, bucket in found.buckets.items()
            for storage_type, label in STORAGE_TYPES.items()
            if storage_type in bucket.stored
        ]
        return StorageView(found, classes)
