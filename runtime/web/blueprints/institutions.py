"""Sign-in with an institution: there and back, and what a person without account does then."""

from dataclasses import replace

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from runtime.common.audit import Action
from runtime.common.email_addresses import EmailTaken
from runtime.common.linked_identities import IdentityTaken, TooManyIdentities
from runtime.common.users import UserChanged
from runtime.web.access import public
from runtime.web.account_forms import (
    MAX_TARGET_LENGTH,
    AddressOnly,
    FieldErrors,
    InvalidForm,
    NameChange,
    PasswordOnly,
    deliverable,
    read_form,
)
from runtime.web.client_address import client_address
from runtime.web.context import services
from runtime.web.extensions.audit import audited
from runtime.web.extensions.identity import identity
from runtime.web.finished_sign_in import after_password, finish
from runtime.web.institution_session import (
    Newcomer,
    forget_newcomer,
    keep_departure,
    keep_newcomer,
    newcomer,
    take_departure,
)
from runtime.web.services.account_service import UnconfirmedEmail, WrongPassword
from runtime.web.services.mail_links import InvalidLink, Purpose
from runtime.web.services.openid.institutions import (
    IssuerUnreachable,
    Person,
    SignInRefused,
    UnknownIssuer,
)

blueprint = Blueprint("institutions", __name__, url_prefix="/sign-in")

UNPROCESSABLE = 422
UNREACHABLE = "{} can't be reached at the moment. Try again later, or sign in in another way."
REFUSED = "Signing in with {} didn't work. Try again, or sign in in another way."
SUSPENDED = "This account is suspended. The contact page says whom to ask."
LEAVING = "This account is being deleted."
FOREIGN = "This identity already signs in to another account. Sign out first to use that one."
EXPIRED = "Too much time has passed, or cookies are blocked. Start again."
NOT_LINKED = "This can't be linked: it was linked meanwhile, or the account has ten links already."
UNCONFIRMED = "Nobody has confirmed this address yet. Have a link emailed to it instead."


@blueprint.get("/with/<name>")
@public
def depart(name: str) -> ResponseReturnValue:
    """Send the browser to an issuer. A GET, since a form's answer may not lead to another site
    (form-action); it changes nothing but this browser's session."""
    target = request.args.get("next", "")[:MAX_TARGET_LENGTH]
    try:
        departure = services().institutions.depart(name, again="again" in request.args)
    except UnknownIssuer:
        abort(404)
    except IssuerUnreachable as error:
        return _sign_in_page(UNREACHABLE.format(error.label), 503)
    keep_departure(name, departure, target)
    return redirect(departure.url, code=303)


@blueprint.get("/with/<name>/return")
@audited(Action.SIGNED_IN)
@public
def arrive(name: str) -> ResponseReturnValue:
    """Take back who was sent to an issuer."""
    departed = take_departure(name)
    if departed is None:
        return _sign_in_page(EXPIRED)
    keys = ("state", "nonce", "code_verifier")
    try:
        person = services().institutions.receive(
            name, request.args.to_dict(), **{key: departed[key] for key in keys}
        )
    except UnknownIssuer:
        abort(404)
    except IssuerUnreachable as error:
        return _sign_in_page(UNREACHABLE.format(error.label), 503)
    except SignInRefused as error:
        return _sign_in_page(REFUSED.format(error.label))
    return _welcome(person, departed["target"])


@blueprint.get("/new")
@public
def new() -> ResponseReturnValue:
    """Ask a person without account to make one, or to link one."""
    found = newcomer()
    return _start_again() if found is None else _new_page(found, {})


@blueprint.post("/new")
@audited(Action.SIGNED_IN)
@public
def create() -> ResponseReturnValue:
    """Make an account, whose address the institution has verified."""
    found = newcomer()
    if found is None:
        return _start_again()
    email = found.person.verified_email
    if email is None:
        abort(400)
    try:
        name = read_form(NameChange).name
        user = services().institution_accounts.create(found.person, email=email, name=name)
    except InvalidForm as error:
        return _new_page(found, error.errors)
    except EmailTaken:
        return _new_page(found, {"email": "This address has an account by now."})
    except IdentityTaken:
        return _start_again()
    return finish(user, found.target)


@blueprint.post("/new/password")
@audited(Action.SIGNED_IN)
@public
def link_by_password() -> ResponseReturnValue:
    """Link the account of the person's address, with its password."""
    found = newcomer()
    if found is None:
        return _start_again()
    email = found.person.verified_email
    if email is None:
        abort(400)
    try:
        password = read_form(PasswordOnly).password
        user = services().accounts.sign_in(email, password, client=client_address())
    except InvalidForm as error:
        return _new_page(found, error.errors)
    except WrongPassword:
        return _new_page(found, {"password": "That isn't the password of this account."})
    except UnconfirmedEmail:
        return _new_page(found, {"password": UNCONFIRMED})
    return after_password(user, found.target, found.person.identity)


@blueprint.post("/new/mail")
@public
def mail_link() -> ResponseReturnValue:
    """Email a link to an address; the same answer whether or not it has an account."""
    found = newcomer()
    if found is None:
        return _start_again()
    try:
        email = read_form(AddressOnly).email
    except InvalidForm as error:
        return _new_page(found, error.errors)
    services().institution_accounts.mail_link(found.person, email, client=client_address())
    return render_template("mail_sent.html", email=email, purpose=Purpose.JOIN)


@blueprint.get("/new/<token>")
@public
def join_form(token: str) -> ResponseReturnValue:
    """Show a button, in the browser that asked for the link: others may not use it."""
    found = newcomer()
    if found is None:
        return _bad_link()
    try:
        email = services().institution_accounts.confirmed_address(found.person, token)
    except InvalidLink:
        return _bad_link()
    return render_template("institution_join.html", token=token, newcomer=found.person, email=email)


@blueprint.post("/new/<token>")
@audited(Action.SIGNED_IN)
@public
def join(token: str) -> ResponseReturnValue:
    """Link the account of the address that the link was emailed to, or make one."""
    found = newcomer()
    if found is None:
        return _bad_link()
    service = services().institution_accounts
    try:
        email = service.confirmed_address(found.person, token)
        user = service.confirmed_user(email)
        if user is not None:
            return after_password(user, found.target, found.person.identity)
        name = found.person.name or email.partition("@")[0]
        return finish(service.create(found.person, email=email, name=name), found.target)
    except (InvalidLink, EmailTaken):
        return _bad_link()


@blueprint.app_errorhandler(IdentityTaken)
@blueprint.app_errorhandler(TooManyIdentities)
def not_linked(_error: Exception) -> ResponseReturnValue:
    """An identity was linked elsewhere at the same time, or the account has too many."""
    return _sign_in_page(NOT_LINKED)


@blueprint.errorhandler(UserChanged)
def changed_elsewhere(_error: UserChanged) -> ResponseReturnValue:
    """The account was changed elsewhere at the same time."""
    return _start_again()


def _welcome(person: Person, target: str) -> ResponseReturnValue:
    """Sign in whom the identity is linked to; ask others what to do."""
    owner, here = services().institution_accounts.owner(person.identity), identity.current_user()
    if owner is None:
        keep_newcomer(_with_deliverable_address(person), target)
        page = "institutions.new" if here is None else "linked_institutions.show"
        return redirect(url_for(page), code=303)
    if owner.deleted_at is not None:
        return _sign_in_page(LEAVING)
    if owner.suspended_at is not None:
        return _sign_in_page(SUSPENDED)
    if here is not None and here.user_id != owner.user_id:
        return _sign_in_page(FOREIGN)
    return finish(owner, target)


def _with_deliverable_address(person: Person) -> Person:
    """Leave out an address that we couldn't register; the person can enter another one."""
    try:
        return replace(person, email=deliverable(person.email)) if person.email else person
    except ValueError:
        return replace(person, email=None, email_verified=False)


def _new_page(found: Newcomer, errors: FieldErrors) -> ResponseReturnValue:
    person = found.person
    # The institution has verified that the address is theirs, so they may know.
    email = person.verified_email
    is_known = email is not None and services().institution_accounts.has_account(email)
    typed = {name: request.form.get(name, "") for name in ("name", "email")}
    page = render_template(
        "institution_new.html", newcomer=person, is_known=is_known, errors=errors, typed=typed
    )
    return (page, UNPROCESSABLE) if errors else page


def _start_again() -> ResponseReturnValue:
    forget_newcomer()
    return redirect(url_for("auth.sign_in"), code=303)


def _sign_in_page(sentence: str, status: int = UNPROCESSABLE) -> ResponseReturnValue:
    page = render_template("sign_in.html", error=sentence, email="", next="", elsewhere=True)
    return page, status


def _bad_link() -> ResponseReturnValue:
    return render_template("bad_link.html", purpose=Purpose.JOIN), UNPROCESSABLE
