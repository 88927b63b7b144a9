"""One request to a webhook: signed, to the checked address, within bounds."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from runtime.common.webhooks import Webhook
from runtime.webhooks import post as posting
from runtime.webhooks.post import Answer, post
from tests.unit.webhooks.receiver import Receiver, documented_verify, receiving

BODY = b'{"id":"1","type":"job.completed"}'


def webhook(url: str) -> Webhook:
    return Webhook(url=url, secret="whsec_test", created_at=0)


def test_should_verify_by_the_documented_code_when_a_request_arrives(receiver: Receiver) -> None:
    answer = post(webhook(receiver.url), BODY, any_address=True)
    assert (answer.delivered, answer.text) == (True, "200 thanks")
    [(path, headers, body)] = receiver.requests
    assert (path, body) == ("/gas?from=test", BODY)
    assert headers["Host"] == receiver.url.split("/")[2]
    verify = documented_verify()
    assert verify("whsec_test", headers["GAS-Signature"], body)
    assert not verify("whsec_other", headers["GAS-Signature"], body)
    assert not verify("whsec_test", headers["GAS-Signature"], body + b" ")


def test_should_refuse_by_the_documented_code_when_a_request_is_old(receiver: Receiver) -> None:
    post(webhook(receiver.url), BODY, any_address=True, clock=lambda: 1_000_000)
    [(_, headers, body)] = receiver.requests
    assert not documented_verify()("whsec_test", headers["GAS-Signature"], body)


@pytest.mark.parametrize("header", ["", "t=", "t=x,v1=y", f"t={'9' * 5000},v1=y", "v1=é"])
def test_should_refuse_by_the_documented_code_when_the_header_is_odd(header: str) -> None:
    assert not documented_verify()("whsec_test", header, BODY)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 410, 500, 503])
def test_should_not_be_delivered_when_the_answer_is_no_success(
    receiver: Receiver, status: int
) -> None:
    receiver.status, receiver.location = status, receiver.url
    answer = post(webhook(receiver.url), BODY, any_address=True)
    assert not answer.delivered
    assert answer.text.startswith(str(status))
    assert len(receiver.requests) == 1, "a redirect was followed"


def test_should_read_no_more_than_it_shows_when_the_answer_is_large(receiver: Receiver) -> None:
    receiver.answer = b"x" * 1_000_000
    answer = post(webhook(receiver.url), BODY, any_address=True)
    assert answer.delivered
    assert len(answer.text) <= posting.ANSWER_BYTES + 4


@contextmanager
def until(receiver: Receiver, too_late: Callable[[], None], *, head_sent: bool) -> Iterator[None]:
    """Time is over once the request, or the head of the answer, has been sent."""
    if head_sent:
        receiver.before_body = too_late
    else:
        receiver.before_answer = too_late
    yield


def test_should_give_up_when_no_answer_has_come_in_time(receiver: Receiver) -> None:
    limit = partial(until, receiver, head_sent=False)
    answer = post(webhook(receiver.url), BODY, any_address=True, limit=limit)
    assert (answer.delivered, answer.text) == (False, "No answer within 15 s.")


def test_should_go_by_the_status_when_the_rest_of_the_answer_has_not_come_in_time(
    receiver: Receiver,
) -> None:
    limit = partial(until, receiver, head_sent=True)
    answer = post(webhook(receiver.url), BODY, any_address=True, limit=limit)
    assert answer.delivered
    assert answer.text.startswith("200")


@pytest.mark.parametrize(
    ("head", "drop"),
    [("0\r\n", "a: b\r\n"), ("", "0")],
    ids=["trailers", "size"],
)
def test_should_end_when_the_rest_of_an_answer_never_ends(
    monkeypatch: pytest.MonkeyPatch, head: str, drop: str
) -> None:
    """The connection is to end with the answer, whose last chunk comes in drops."""
    monkeypatch.setattr(posting, "TOTAL_SECONDS", 1.0)
    answer = f"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{head}"
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):  # the other side has hung up
                connection.recv(65_536)
                connection.sendall(answer.encode())
                while True:
                    connection.sendall(drop.encode())
                    time.sleep(0.1)

        threading.Thread(target=drip, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        answers: list[Answer] = []
        sending = threading.Thread(
            target=lambda: answers.append(post(webhook(url), BODY, any_address=True)), daemon=True
        )
        sending.start()
        sending.join(timeout=30)
    assert answers == [Answer(True, "200")]


def test_should_give_up_when_the_handshake_does_not_end_in_time() -> None:
    """The other side accepts the connection, and then says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        accepted: list[socket.socket] = []

        @contextmanager
        def limit(too_late: Callable[[], None]) -> Iterator[None]:
            def accept() -> None:
                accepted.append(silent.accept()[0])
                accepted[0].recv(1)  # the handshake has begun
                too_late()

            thread = threading.Thread(target=accept, daemon=True)
            thread.start()
            try:
                yield
            finally:
                thread.join()

        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        answer = post(webhook(url), BODY, any_address=True, limit=limit)
    accepted[0].close()
    assert (answer.delivered, answer.text) == (False, "No answer within 15 s.")


def test_should_end_the_request_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "TOTAL_SECONDS", 0)
    ended = threading.Event()
    with posting.within_total(ended.set):
        assert ended.wait(timeout=60)


def test_should_show_one_line_when_the_answer_has_control_characters(receiver: Receiver) -> None:
    receiver.answer = b"a\r\n\x00\x1b[31mb\xe2\x80\xaec\xff"
    answer = post(webhook(receiver.url), BODY, any_address=True)
    assert answer.text == "200 a [31mb c\N{REPLACEMENT CHARACTER}"


def test_should_show_one_line_when_the_answer_is_not_http() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer_oddly() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"no\x00\x1b[31mHTTP\r\n")

        threading.Thread(target=answer_oddly, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        answer = post(webhook(url), BODY, any_address=True)
    assert (answer.delivered, answer.text) == (False, "BadStatusLine: no [31mHTTP")


def test_should_connect_to_nothing_when_the_address_is_this_machine(receiver: Receiver) -> None:
    for url in (receiver.url, receiver.url.replace("http:", "https:"), "https://localhost/"):
        assert not post(webhook(url), BODY, any_address=False).delivered
    assert receiver.requests == []


def resolving_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Have every name resolve to these addresses; return the names that are asked for."""
    real, asked = socket.getaddrinfo, []

    def resolve(host: str, port: int, *rest: Any, **named: Any) -> Any:
        if host in addresses:  # the connection itself, to what was checked
            return real(host, port, *rest, **named)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_should_connect_to_the_checked_address_when_a_name_changes_its_answer(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolving_to(monkeypatch, "127.0.0.1")
    url = f"http://hook.example.org:{receiver.port}/"
    assert post(webhook(url), BODY, any_address=True).delivered
    assert asked == ["hook.example.org"], "the name was resolved more than once"
    assert receiver.requests[0][1]["Host"] == f"hook.example.org:{receiver.port}"


def test_should_try_the_next_address_when_the_first_one_refuses(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving_to(monkeypatch, "127.0.0.2", "127.0.0.1")
    url = f"http://hook.example.org:{receiver.port}/"
    assert post(webhook(url), BODY, any_address=True).delivered


@pytest.mark.parametrize(
    ("host", "delivered"), [("hook.example.org", True), ("other.example.org", False)]
)
def test_should_want_a_certificate_of_the_name_when_it_connects_to_an_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str, delivered: bool
) -> None:
    certificate = certificate_of("hook.example.org", tmp_path / "certificate.pem")
    trusting = partial(ssl.create_default_context, cafile=certificate)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    monkeypatch.setattr(ssl, "create_default_context", trusting)
    resolving_to(monkeypatch, "127.0.0.1")
    with receiving(server) as receiver:
        answer = post(webhook(f"https://{host}:{receiver.port}/"), BODY, any_address=True)
    assert answer.delivered is delivered, answer.text
    assert len(receiver.requests) == (1 if delivered else 0)


def certificate_of(host: str, file: Path) -> Path:
    """Write a certificate that its own key has signed, and the key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file
