import json

import pytest

from tests.engine import worlds
from treatments.engine import Catalogue


@pytest.fixture(scope="session")
def reproduced(catalogue):
    """The same release, made from its document as it is kept."""
    return Catalogue.from_document(json.loads(json.dumps(catalogue.document)))


@pytest.fixture(scope="session")
def requests(catalogue):
    return worlds.requests(catalogue.document)


@pytest.fixture(scope="session")
def added_rules(catalogue):
    return worlds.added_rules(catalogue.document)
