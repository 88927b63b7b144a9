"""The caller's account, and what the service offers."""

from flask import Response

from runtime.web.api.access import caller, token_required
from runtime.web.api.answers import answer
from runtime.web.api.models.account import Account, ReferenceAnswer, ReferenceList, ReferenceQuery
from runtime.web.api.models.file_reference import FileStart, ReferenceFound
from runtime.web.api.models.problem import FieldProblem
from runtime.web.api.problems import InvalidFields
from runtime.web.api.routes import group
from runtime.web.context import services
from runtime.web.services.upload_service import ReferenceNotOffered

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


@blueprint.post("/references/find", responses={200: ReferenceFound})
@token_required
def find_reference(body: FileStart) -> Response:
    """Find the reference that a file was made against, by its beginning.

    Nothing is stored. What tells it: lengths and names of contigs, assembly=, ##reference, and at
    last the REF alleles.
    """
    try:
        found = services().file_reference.find(
            body.facts, body.first_records, chosen=body.chosen, complete=body.complete
        )
    except ReferenceNotOffered as error:
        raise InvalidFields([FieldProblem(field="chosen", message=str(error))]) from error
    return answer(ReferenceFound.of(found))
