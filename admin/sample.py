"""Sample: the real renewal that words are looked at with, and in which language."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from admin.shell import DAYS
from gateways.browser import Visit
from renewals.errors import NotFound
from renewals.pipeline import Listed, Pipeline
from renewals.renewal import Renewal
from renewals.wording import LOCALES

NEAREST = 60
"""Renewals to choose from."""


def sampled(visit: Visit, said: Mapping[str, str]) -> tuple[Sequence[Listed], Renewal | None, str]:
    """Those to choose from, the one that somebody wants, else the nearest, and the language."""
    near = Pipeline(visit.session, visit.today).coming(DAYS, None, most=NEAREST).rows
    locale = said.get("locale", "")
    return near, _chosen(visit, said.get("renewal", ""), near), locale if locale in LOCALES else LOCALES[0]


def _chosen(visit: Visit, word: str, near: Sequence[Listed]) -> Renewal | None:
    try:
        return visit.find(Renewal, UUID(word))
    except (ValueError, NotFound):
        return visit.find(Renewal, near[0].id) if near else None
