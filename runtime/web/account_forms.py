"""The forms about accounts, and the sentences about fields that are wrong."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, TypeVar

from email_validator import EmailNotValidError, validate_email
from flask import abort, request
from pydantic import AfterValidator, EmailStr, Field, StringConstraints, ValidationError

from runtime.common.api_tokens import Scope
from runtime.common.mail_choices import MailChoice, MailKind
from runtime.web.forms import Form

F = TypeVar("F", bound="AccountForm")

MAX_ADDRESS_LENGTH = 254
MAX_TARGET_LENGTH = 2000
"""Characters of the path that a user is sent to after signing in."""


def deliverable(address: str) -> str:
    """Return an email address in the one form in which SES delivers to it.

    The part before the @ is ASCII, the domain Punycode.
    https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html

    Raises:
        ValueError: it isn't an address, or the part before the @ has letters that SES doesn't
            deliver to.
    """
    plain = validate_email(address, check_deliverability=False).ascii_email
    if plain is None:
        raise ValueError("SES delivers to no such address")
    return plain


def as_registered(address: str) -> str:
    """Return the form in which an account would hold this address; else what was typed."""
    try:
        return deliverable(address)
    except (EmailNotValidError, ValueError):
        return address


Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f<>]*$"
    ),
]
Address = Annotated[
    EmailStr,
    StringConstraints(strip_whitespace=True, max_length=MAX_ADDRESS_LENGTH),
    AfterValidator(deliverable),
]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1024)]

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=6, max_length=40)]
"""A code of an authenticator app, or a recovery code, as people type it."""

FieldErrors = dict[str, str]
"""A sentence for each field that is wrong."""


class InvalidForm(Exception):
    """The form has fields that are wrong; `errors` has a sentence for each."""

    def __init__(self, errors: FieldErrors) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


class AccountForm(Form):
    """Base of the forms that browsers send about accounts."""

    sentences: ClassVar[Mapping[str, str]] = {
        "name": "Enter your name, in up to 100 characters, without < and >.",
        "email": (
            "Enter an email address, such as ada@example.org, with plain letters before the @."
        ),
        "password": "Enter your password.",
        "url": "Enter an address such as https://example.org/gas.",
        "new_password": "Enter a new password.",
        "identity": "Choose an institution.",
        "code": "Enter the 6 digits that your authenticator app shows, or a recovery code.",
    }

    lists: ClassVar[tuple[str, ...]] = ()
    """Fields that come once for each of their values."""

    csrf_token: str = ""


class SignIn(Form):
    """The sign-in form. The password's length is limited, because hashing a long one takes time."""

    email: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=3, max_length=MAX_ADDRESS_LENGTH),
        AfterValidator(as_registered),
    ]
    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    next: Annotated[str, StringConstraints(max_length=MAX_TARGET_LENGTH)] = ""
    csrf_token: str = ""


class Registration(AccountForm):
    """Registering."""

    name: Name
    email: Address
    password: Password


class AddressOnly(AccountForm):
    """Asking for an email."""

    email: Address


class NewPassword(AccountForm):
    """Choosing a password through an emailed link."""

    new_password: Password


class PasswordChange(AccountForm):
    """Choosing a password with the old one."""

    password: Password
    new_password: Password


class NameChange(AccountForm):
    """Choosing a new name."""

    name: Name


class Proof(AccountForm):
    """What its owner alone may do; people who sign in with an institution have no password."""

    password: Annotated[str, StringConstraints(max_length=1024)] = ""


class EmailChangeForm(Proof):
    """Asking for another email address."""

    email: Address


class IdentityForm(Proof):
    """Unlinking an identity at an institution."""

    identity: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class WebhookForm(AccountForm):
    """Adding a webhook."""

    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


WRONG_CODE = (
    "That code doesn't match, or was used before. Wait for the next one, and check that the clock "
    "of your phone is right."
)


class PasswordOnly(AccountForm):
    """What is done with the password alone."""

    password: Password


class ConfirmedPassword(PasswordOnly):
    """The password again, before the page that asked for it."""

    next: Annotated[str, StringConstraints(max_length=MAX_TARGET_LENGTH)] = ""


class CodeOnly(AccountForm):
    """A code of the second factor."""

    code: Code


class PasswordAndCode(AccountForm):
    """Changes of the second factor."""

    password: Password
    code: Code


TOKEN_DAYS = (7, 30, 90, 365)
"""Days after which a token of the API may end."""


class NewToken(Proof):
    """Making a token of the API."""

    sentences: ClassVar[Mapping[str, str]] = {
        "name": "Enter a name, in up to 100 characters, without < and >.",
        "scope": "Choose what the token may do.",
        "days": "Choose when the token ends.",
        "password": AccountForm.sentences["password"],
    }
    lists: ClassVar[tuple[str, ...]] = ("scope",)

    name: Name
    scope: Annotated[tuple[Annotated[Scope, Field(strict=False)], ...], Field(min_length=1)]
    days: Literal["7", "30", "90", "365"]


ChosenMails = Annotated[MailChoice, Field(strict=False)]


class MailChoicesForm(AccountForm):
    """Choosing which emails about jobs come; a field for each `MailKind`."""

    ended: ChosenMails
    archived: ChosenMails
    restored: ChosenMails

    @property
    def choices(self) -> dict[MailKind, MailChoice]:
        """The choice of each kind."""
        return {kind: getattr(self, kind) for kind in MailKind}


def read_form(model: type[F]) -> F:
    """Return the form that was sent; unknown fields end the request with 400.

    Raises:
        InvalidForm: naming the fields that are wrong.
    """
    try:
        lists = {name: tuple(request.form.getlist(name)) for name in model.lists}
        return model.model_validate(request.form.to_dict() | lists)
    except ValidationError as error:
        wrong = {str(each["loc"][0]) for each in error.errors()}
    if not wrong <= set(model.sentences):
        abort(400, "This form has changed. Reload the page and fill it in again.")
    raise InvalidForm({field: model.sentences[field] for field in sorted(wrong)})
