"""The forms about accounts, and the sentences that say what is wrong with one."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, TypeVar

from flask import abort, request
from pydantic import AfterValidator, EmailStr, StringConstraints, ValidationError

from runtime.web.email_address import deliverable
from runtime.web.forms import Form

F = TypeVar("F", bound="AccountForm")

Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f<>]*$"
    ),
]
Address = Annotated[
    EmailStr,
    StringConstraints(strip_whitespace=True, max_length=254),
    AfterValidator(deliverable),
]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1024)]

Faults = dict[str, str]
"""What is wrong, by field."""


class BadForm(Exception):
    """The form isn't filled in as it should be.

    Attributes:
        faults: what is wrong, by field.
    """

    def __init__(self, faults: Faults) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


class AccountForm(Form):
    """Base of the forms that browsers send about accounts."""

    sentences: ClassVar[Mapping[str, str]] = {
        "name": "Enter your name, in up to 100 characters, without < and >.",
        "email": (
            "Enter an e-mail address, such as ada@example.org, with plain letters before the @."
        ),
        "password": "Enter your password.",
        "new_password": "Enter a new password.",
    }

    csrf_token: str = ""


class Registration(AccountForm):
    """Registering."""

    name: Name
    email: Address
    password: Password


class AddressOnly(AccountForm):
    """Asking for mail."""

    email: Address


class NewPassword(AccountForm):
    """Choosing a password by a mailed link."""

    new_password: Password


class PasswordChange(AccountForm):
    """Choosing a password by the old one."""

    password: Password
    new_password: Password


class NameChange(AccountForm):
    """Another name."""

    name: Name


class Deletion(AccountForm):
    """The end of an account."""

    password: Password


def read_form(model: type[F]) -> F:
    """Return the form that was sent; one with fields that it doesn't have ends with 400.

    Raises:
        BadForm: naming the fields that are wrong.
    """
    try:
        return model.model_validate(request.form.to_dict())
    except ValidationError as error:
        wrong = {str(fault["loc"][0]) for fault in error.errors()}
    if not wrong <= set(model.sentences):
        abort(400, "This form has changed. Reload the page and fill it in again.")
    raise BadForm({field: model.sentences[field] for field in sorted(wrong)})
