"""The caller's account, and what the service offers."""

from flask import Response

from runtime.web.api.access import caller, token_required
from runtime.web.api.answers import answer
from runtime.web.api.models.account import Account, ReferenceAnswer, ReferenceList, ReferenceQuery
from runtime.web.api.routes import group
from runtime.web.context import services

blueprint = group("api_account", "Your account, and the references that the service offers.")


@blueprint.get("/account", responses={200: Account})
@token_required
def account() -> Response:
    """Show the account of the token, with the limits of its plan."""
    user, token = caller().user, caller().token
    return answer(Account.of(user, services().plan_of(user), token))


@blueprint.get("/references", responses={200: ReferenceList})
@token_required
def references(query: ReferenceQuery) -> Response:
    """List the references."""
    offered = services().references
    items = [
        ReferenceAnswer.of(each, default=each is offered.default, contigs=query.contigs)
        for each in offered
    ]
    return answer(ReferenceList(items=items))
