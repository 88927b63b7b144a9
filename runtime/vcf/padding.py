"""Alleles without padding: the bases that REF and ALT both end with.

A record of several alleles has one REF, long enough for all of them: in `AG GG,A` the change A>G
has a G too many. What matches REF and ALT as they are written finds an allele without such bases.
"""

from typing import AnyStr


def unpadded(ref: AnyStr, alt: AnyStr) -> tuple[AnyStr, AnyStr]:
    """Cut off the bases that both alleles end with, but leave each one at least.

    The position stays what it is. An ALT that isn't all letters (`*`, <DEL>, a breakend) is none
    that can be cut: REF and ALT are then returned as they are.

    Args:
        ref: REF.
        alt: one allele of ALT, in the same case.
    """
    most = min(len(ref), len(alt)) - 1
    if most < 1 or ref[-1] != alt[-1] or not alt.isalpha():
        return ref, alt
    count = 1
    while count < most and ref[-1 - count] == alt[-1 - count]:
        count += 1
    return ref[:-count], alt[:-count]
