"""Package registries behind TLS, signed by a CA that one test alone has made.

One server plays both: a simple index as pip and uv read it (https://peps.python.org/pep-0503/), and
the archive that a package-lock.json names. What it offers is as small as packages can be. The
package `uv` installs a script that runs the real uv.
"""

import base64
import hashlib
import io
import json
import ssl
import tarfile
import zipfile
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def wheel(name: str, *, script: str | None = None) -> bytes:
    """A wheel, version 1.0; `script` is installed as a program of the same name."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if script:
        files[f"{name}-1.0.data/scripts/{name}"] = script
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
    with zipfile.ZipFile(packed := io.BytesIO(), "w") as archive:
        for path, text in files.items():
            member = zipfile.ZipInfo(path)
            member.external_attr = (0o100755 if "/scripts/" in path else 0o100644) << 16
            archive.writestr(member, text)
    return packed.getvalue()


def node_package(name: str) -> bytes:
    """A package of npm's, version 1.0.0."""
    text = json.dumps({"name": name, "version": "1.0.0"}).encode()
    with tarfile.open(fileobj=(packed := io.BytesIO()), mode="w:gz") as archive:
        member = tarfile.TarInfo("package/package.json")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    return packed.getvalue()


class PackageRegistry:
    """Serves wheels and a package of Node on a free port of 127.0.0.1, while it is entered.

    Args:
        folder: for key and certificates; `ca.pem` is the CA's.
        wheels: by the name of their package.
    """

    def __init__(self, folder: Path, wheels: dict[str, bytes]) -> None:
        self.ca = folder / "ca.pem"
        self._wheels = wheels
        self._node = node_package("tiny")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_certificate(folder))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "PackageRegistry":
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def requirements(self) -> str:
        """A requirements.txt with hashes that names all wheels, in the form of ours."""
        return "".join(
            f"{name}==1.0 \\\n    --hash=sha256:{hashlib.sha256(data).hexdigest()}\n"
            for name, data in self._wheels.items()
        )

    def package_lock(self) -> dict[str, Any]:
        """A package-lock.json that names the package of Node."""
        integrity = base64.b64encode(hashlib.sha512(self._node).digest()).decode()
        tiny = {
            "version": "1.0.0",
            "resolved": f"{self.url}/tiny.tgz",
            "integrity": f"sha512-{integrity}",
        }
        packages = {"": {"dependencies": {"tiny": "1.0.0"}}, "node_modules/tiny": tiny}
        return {"name": "gas", "lockfileVersion": 3, "requires": True, "packages": packages}

    def _answer(self, path: str) -> tuple[str, bytes] | None:
        name = path.strip("/").split("/")[-1]
        if path.startswith("/simple/") and name in self._wheels:
            file = f"{name}-1.0-py3-none-any.whl"
            return "text/html", f'<a href="/wheels/{file}">{file}</a>'.encode()
        if path.startswith("/wheels/"):
            return "application/octet-stream", self._wheels[name.partition("-")[0]]
        return ("application/octet-stream", self._node) if path == "/tiny.tgz" else None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer = self._answer

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = answer(self.path)
                self.send_response(200 if found else 404)
                kind, data = found or ("text/plain", b"")
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(data)

            def do_HEAD(self) -> None:
                """Answer as to GET; uv asks before it reads a part of a wheel."""
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


def _certificate(folder: Path) -> Path:
    """Write `ca.pem`, and the server's key and certificate into one file, which is returned."""
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "The hospital's proxy")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    ca = (
        _builder(ca_name, ca_name, ca_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    leaf = (
        _builder(name, ca_name, key)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both = folder / "server.pem"
    both.write_bytes(private + leaf.public_bytes(pem))
    return both


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
