"""The users table after a user's items were deleted."""

from typing import TYPE_CHECKING

from runtime.common.users import UserStore
from runtime.removal.user_items import delete_user

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def test_should_leave_nothing_when_an_account_is_erased(users_table: "Table") -> None:
    store = UserStore(users_table)
    ada = store.create(email="ada@example.org", name="Ada", password="correct horse")
    delete_user(users_table, ada.user_id)
    delete_user(users_table, ada.user_id)
    assert users_table.scan()["Items"] == []
    assert store.mark_deleted(ada.user_id) is None
    again = store.create(email=ada.email, name="Ada", password="another")
    delete_user(users_table, ada.user_id)
    assert store.by_email(ada.email) == again
