"""Standing is what a quote would have to be for nobody to be asked about it: a sentence for each axis."""

from pricing.asked import Asked, Axis
from pricing.authority import percent
from pricing.matrix import Matrix
from pricing.scale import SCALES, Scale


def takes(matrix: Matrix, asked: Asked) -> dict[Axis, str]:
    """For each axis that somebody must approve, how far policy would go by itself.

    Source: mission F4, "trades that reach it inside standing authority".
    """
    return {need.axis: _takes(matrix, need.axis, asked) for need in matrix.needs(asked)}


def _takes(matrix: Matrix, axis: Axis, asked: Asked) -> str:
    for scale in SCALES:
        if scale.axis is axis:
            return f"At {scale.shown(_floor(matrix, scale, asked))} or less nobody is asked."
    return {
        Axis.EXPANSION: _expansion(matrix, asked.acv.currency),
        Axis.CLAUSES: "Without custom clauses nobody is asked.",
        Axis.PROPOSAL: _proposal(matrix, asked.acv.currency),
        Axis.ECONOMICS: "When it is worth no less than renewals year by year, nobody is asked.",
    }[axis]


def _floor(matrix: Matrix, scale: Scale, asked: Asked) -> int:
    """What policy grants to every one of the quotes. Units: those of the scale."""
    each = asked.each
    return min(scale.floor(matrix.authority.over(one.segment, one.months).floor, one) for one in each)


def _expansion(matrix: Matrix, currency: str) -> str:
    most, off = matrix.expansion_above.get(currency), percent(matrix.expansion_standing)
    if most is None:
        return f"What is new in {currency} is always looked at."
    return f"Up to {most} a year for what is new, and {off} off it, nobody is asked."


def _proposal(matrix: Matrix, currency: str) -> str:
    least = matrix.proposal_from.get(currency)
    return f"Below {least} a year nobody reads the whole." if least else f"In {currency} the whole is always read."
