"""Whom the HTTP client believes: a server with a certificate of an authority it knows, and of its own name."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from http_peer import Peer, ok, post

from bot.http import Http, HttpError

pytestmark = pytest.mark.network


def certificate(home: Path, address: str) -> Path:
    """A file with a certificate for `address`, signed by itself, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = home / f"{address}.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, *form))
    return file


@pytest.fixture
def asked_by_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, bool], Peer]:
    """Posts to a server with a certificate for an address, which the client trusts or not."""

    def ask(address: str, trusted: bool) -> Peer:
        file, peer = certificate(tmp_path, address), Peer(ok(b"{}"))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        if trusted:
            monkeypatch.setattr("certifi.where", lambda: str(file))

        async def scene() -> None:
            asyncio.get_running_loop().set_exception_handler(
                lambda *_: None
            )  # the server's, of a broken handshake
            async with peer.serving(context) as url, aclosing(Http()) as http:
                for _ in range(2):
                    assert (await post(http, url)).status == 200

        asyncio.run(scene())
        return peer

    return ask


def test_a_server_with_a_certificate_is_asked(asked_by_tls: Callable[[str, bool], Peer]) -> None:
    peer = asked_by_tls("127.0.0.1", True)
    assert (len(peer.heard), peer.connections) == (2, 1)


@pytest.mark.parametrize(("address", "trusted"), [("127.0.0.1", False), ("127.0.0.2", True)])
def test_a_certificate_of_nobody_or_of_another_is_not_believed(
    asked_by_tls: Callable[[str, bool], Peer], address: str, trusted: bool
) -> None:
    with pytest.raises(HttpError, match="Certificate"):
        asked_by_tls(address, trusted)
