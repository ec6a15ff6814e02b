"""A house that stays as it was built, for the tests of one module."""

from tests.web.conftest import standing

__all__ = ["standing"]
