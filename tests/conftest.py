"""What tests share: a clean environment, model files, and the sample documents.

No test reads the settings of the person who runs it, except where model files are kept
(``REFDESK_WEIGHTS``), nor touches their home.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.settings import DEFAULT_EMBEDDER, Settings
from corpus.errors import WeightsError
from index.embed import Embedder

SMALL_MODEL = "qwen2.5-coder-0.5b"
DOCUMENTS = Path(__file__).resolve().parents[2] / "shared" / "documents"


def pytest_configure(config: pytest.Config) -> None:
    """Forget the settings of whoever runs the tests, before any module is read."""
    for name in [n for n in os.environ if n.startswith("REFDESK_") and n != "REFDESK_WEIGHTS"]:
        del os.environ[name]
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


@pytest.fixture(scope="session", autouse=True)
def _no_test_uses_the_home_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ["REFDESK_HOME"] = str(tmp_path_factory.mktemp("default-home"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty folder for one desk's index and record."""
    return tmp_path / "home"


@pytest.fixture(scope="session")
def documents_dir() -> Path:
    """The sample documents that stand beside the clone, where there are any."""
    if not DOCUMENTS.is_dir():
        pytest.skip("the sample documents are not beside this clone")
    return DOCUMENTS


@pytest.fixture(scope="session")
def embedder(request: pytest.FixtureRequest) -> Embedder:
    """The real embedder, loaded once."""
    return Embedder(_model_file(DEFAULT_EMBEDDER, request))


@pytest.fixture(scope="session")
def small_model(request: pytest.FixtureRequest) -> Path:
    """The smallest language model that refdesk knows (0.5B parameters, 491 MB)."""
    return _model_file(SMALL_MODEL, request)


@pytest.fixture(scope="session")
def weights_dir(request: pytest.FixtureRequest) -> Path:
    """The folder of model files; the default embedder and the small model are in it."""
    _model_file(DEFAULT_EMBEDDER, request)
    _model_file(SMALL_MODEL, request)
    return Settings().weights


def _model_file(name: str, request: pytest.FixtureRequest) -> Path:
    """Where model ``name`` is, fetched if need be, with its progress bar on the terminal."""
    from index.weights import ensure, terminal_progress

    capture = request.config.pluginmanager.getplugin("capturemanager")
    assert capture is not None
    try:
        with capture.global_and_fixture_disabled(), terminal_progress() as progress:
            return ensure(name, Settings().weights, progress=progress)
    except WeightsError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))
