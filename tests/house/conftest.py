"""A house that stays as it was built, for the tests of one module."""

from collections.abc import Iterator

import pytest

from tests.web.standing import standing as stand
from tests.world import World


@pytest.fixture(scope="module")
def standing(
    postgres: str, cast: str, stripe_stand_in: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with stand(postgres, cast, stripe_stand_in, tmp_path_factory.mktemp("standing")) as world:
        yield world
