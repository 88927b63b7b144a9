"""The institutions that sign in to an account: link and unlink them."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from runtime.common.audit import Action
from runtime.common.linked_identities import LastWayIn
from runtime.common.openid_identity import OpenIdIdentity
from runtime.common.users import User, UserChanged
from runtime.web.access import login_required
from runtime.web.account_forms import FieldErrors, IdentityForm, InvalidForm, Proof, read_form
from runtime.web.context import services
from runtime.web.extensions.audit import audited, nothing_changed
from runtime.web.extensions.identity import identity
from runtime.web.institution_session import forget_newcomer, newcomer
from runtime.web.owner_proof import check_owner

blueprint = Blueprint("linked_institutions", __name__, url_prefix="/profile/institutions")

UNPROCESSABLE = 422
LAST = "Choose a password first: without this institution nobody could sign in to your account."


@blueprint.get("")
@login_required
def show(user: User) -> ResponseReturnValue:
    """Show what is linked, what could be, and who just came back from an institution."""
    return _page(user, {})


@blueprint.post("/link")
@audited(Action.IDENTITY_CHANGED)
@login_required
def link(user: User) -> ResponseReturnValue:
    """Link the identity of the person who came back. Coming back isn't enough: another site could
    have sent this browser there, signed in as somebody else."""
    found = newcomer()
    if found is None:
        nothing_changed()
        return redirect(url_for("linked_institutions.show"), code=303)
    try:
        check_owner(user, read_form(Proof).password)
    except InvalidForm as error:
        return _page(user, error.errors)
    services().institution_accounts.link(user, found.person.identity, found.person.label)
    forget_newcomer()
    return redirect(url_for("linked_institutions.show"), code=303)


@blueprint.post("/unlink")
@audited(Action.IDENTITY_CHANGED)
@login_required
def unlink(user: User) -> ResponseReturnValue:
    """Unlink an identity; every other session ends, this one continues."""
    try:
        form = read_form(IdentityForm)
        check_owner(user, form.password)
        unlinked = OpenIdIdentity.parse(form.identity)
        label = services().institutions.label(unlinked)
        changed = services().institution_accounts.unlink(user, unlinked, label)
    except InvalidForm as error:
        return _page(user, error.errors)
    except LastWayIn:
        return _page(user, {"password": LAST})
    identity.sign_in(changed)
    return redirect(url_for("linked_institutions.show"), code=303)


@blueprint.post("/leave")
@login_required
def leave(_user: User) -> ResponseReturnValue:
    """Don't link the identity of the person who came back."""
    forget_newcomer()
    return redirect(url_for("linked_institutions.show"), code=303)


@blueprint.errorhandler(UserChanged)
def changed_elsewhere(_error: UserChanged) -> ResponseReturnValue:
    """The account was changed elsewhere at the same time: show it as it is."""
    nothing_changed()
    return redirect(url_for("linked_institutions.show"), code=303)


def _page(user: User, errors: FieldErrors) -> ResponseReturnValue:
    found = newcomer()
    identities = [OpenIdIdentity.parse(each) for each in sorted(user.identities or ())]
    linked = [(services().institutions.label(each), each.subject, str(each)) for each in identities]
    taken = {each.issuer for each in identities}
    page = render_template(
        "institutions.html",
        user=user,
        linked=linked,
        others=[each for each in services().institutions.issuers if each.url not in taken],
        newcomer=found.person if found else None,
        errors=errors,
    )
    return (page, UNPROCESSABLE) if errors else page
