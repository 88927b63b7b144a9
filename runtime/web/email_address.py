"""E-mail addresses in the form in which SES delivers to them.

The part before the @ is ASCII, the domain Punycode; one address has one form.
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html
"""

from email_validator import EmailNotValidError, validate_email


def deliverable(address: str) -> str:
    """Return an address that a form holds, in that form.

    Raises:
        ValueError: it is none, or the part before the @ has letters that SES doesn't deliver to.
    """
    plain = validate_email(address, check_deliverability=False).ascii_email
    if plain is None:
        raise ValueError("SES delivers to no such address")
    return plain


def as_registered(address: str) -> str:
    """Return what an account of this address would have been made with; else what was typed."""
    try:
        return deliverable(address)
    except (EmailNotValidError, ValueError):
        return address
