"""A house that stays as it was built, for the tests of one module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.standing import standing as stand
from tests.world import World


@pytest.fixture(scope="module")
def standing(
    postgres: str, cast: str, letters: Path, stripe_stand_in: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with stand(postgres, cast, letters, stripe_stand_in, tmp_path_factory.mktemp("standing")) as world:
        yield world
