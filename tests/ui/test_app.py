"""The web application: headers, hosts, the named endpoint, documents, start and stop."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from corpus.errors import InputError
from tests.ui.scripted import LICENCE, R1_TEXT, ScriptedDesk
from ui.app import build_server, serve


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    desk = ScriptedDesk(tmp_path_factory.mktemp("home"))
    with TestClient(build_server(desk, "127.0.0.1"), base_url="http://127.0.0.1") as client:
        yield client


def test_every_response_forbids_other_machines(client: TestClient) -> None:
    for path in ("/", "/config", "/document?id=curated/r1", "/nothing"):
        policy = client.get(path).headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy


def test_a_foreign_host_name_is_turned_away(client: TestClient) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/", headers={"host": "localhost:7860"}).status_code == 200


def test_only_the_named_endpoints_are_offered_to_programs(client: TestClient) -> None:
    info = client.get("/gradio_api/info").json()
    assert sorted(info["named_endpoints"]) == [
        "/ask", "/ask_stream", "/catalogue", "/document", "/refresh", "/search", "/status",
    ]  # fmt: skip
    assert info["unnamed_endpoints"] == {}


def test_interface_descriptions_are_not_served(client: TestClient) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert "swagger" not in client.get(path).text.lower()


def test_files_of_the_machine_are_not_served(client: TestClient) -> None:
    for path in ("/etc/passwd", __file__):
        assert client.get(f"/gradio_api/file={path}").status_code in (403, 404)


def test_the_page_names_no_other_machine_to_load_from(client: TestClient) -> None:
    config = client.get("/config").json()
    assert config["analytics_enabled"] is False
    assert config["stylesheets"] == []
    assert config["footer_links"] == []


def test_a_document_is_shown_with_its_quote(client: TestClient) -> None:
    start = R1_TEXT.index(LICENCE)
    reply = client.get(
        "/document", params={"id": "curated/r1", "start": start, "end": start + len(LICENCE)}
    )
    assert f'<mark id="quote">{LICENCE}</mark>' in reply.text


def test_an_unknown_document_is_not_found(client: TestClient) -> None:
    reply = client.get("/document", params={"id": "<script>"})
    assert reply.status_code == 404
    assert "not in the corpus" in reply.text


def test_the_ask_endpoint_gives_the_answers_structure(client: TestClient) -> None:
    started = client.post("/gradio_api/call/ask", json={"data": ["Which licence?", []]})
    assert started.status_code == 200, started.text
    reply = client.get(f"/gradio_api/call/ask/{started.json()['event_id']}")
    assert "event: complete" in reply.text
    assert '"status": "answered"' in reply.text and LICENCE in reply.text


def test_the_ask_endpoint_tells_a_known_error_and_hides_an_unknown_one(
    client: TestClient,
) -> None:
    for question, said, hidden in (
        ("broken", "The model server does not answer", "ModelError"),
        ("crash", "event: error", "secret detail"),
    ):
        started = client.post("/gradio_api/call/ask", json={"data": [question, []]})
        reply = client.get(f"/gradio_api/call/ask/{started.json()['event_id']}").text
        assert said in reply
        assert hidden not in reply


def test_a_taken_port_is_one_clear_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=rf"127.0.0.1:{port}.*--port"):
            serve(ScriptedDesk(tmp_path), port=port)


def test_the_page_answers_before_the_models_are_loaded(tmp_path: Path) -> None:
    loading, release = threading.Event(), threading.Event()

    class Slow(ScriptedDesk):
        def warm_up(self) -> None:
            loading.set()
            release.wait(60)
            super().warm_up()

    desk, stop, pages = Slow(tmp_path), threading.Event(), []

    def on_ready(address: str) -> None:
        assert not loading.is_set()
        with socket.create_connection(("127.0.0.1", int(address.rsplit(":")[-1].strip("/")))) as s:
            s.sendall(b"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            pages.append(s.recv(100))

    thread = threading.Thread(
        target=serve,
        args=(desk,),
        kwargs={"port": 0, "on_ready": on_ready, "stop": stop, "refresh": True},
    )
    thread.start()
    assert loading.wait(60)
    assert pages[0].startswith(b"HTTP/1.1 200")
    release.set()
    assert desk.warmed.wait(10)
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def test_importing_the_app_does_not_import_gradio() -> None:
    code = "import sys, ui.app; print('gradio' in sys.modules, 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
