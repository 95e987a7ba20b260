"""Encrypted connections to the local hospital: an authority of its own, and the certificate that it signs.

The authority is made once and kept in the state folder, so that a phone has to be told only once to trust it. It can
only vouch for addresses of private networks. The certificate names the addresses this machine has; it is made anew
when they change or when its time runs out.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_AUTHORITY_DAYS = 3650
# Phones refuse certificates that are meant to last longer.
_CERTIFICATE_DAYS = 397
_RENEWED_BEFORE = timedelta(days=30)
_LOOPBACK = "127.0.0.1"
_NETWORKS = (
    "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
    "100.64.0.0/10", "::1/128", "fc00::/7", "fe80::/10",
)  # fmt: skip


@dataclass(frozen=True)
class Encryption:
    """The files of one state folder. `authority` is what phones are given, `trusted` what this process trusts."""

    authority: Path
    certificate: Path
    key: Path
    trusted: Path

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the authority, as phones show it."""
        found = x509.load_pem_x509_certificate(self.authority.read_bytes()).fingerprint(hashes.SHA256())
        return found.hex(":").upper()

    def context(self) -> ssl.SSLContext:
        """For the server's side."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificate, self.key)
        context.set_alpn_protocols(["http/1.1"])
        return context

    def trust(self) -> None:
        """Lets this process believe its own server: functions post to sockets and to the SMS inbox."""
        for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
            os.environ[name] = str(self.trusted)


def encryption(folder: Path, names: Iterable[str], now: datetime | None = None) -> Encryption:
    """What the folder holds, made or made anew as far as needed. `names` are addresses and host names."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = Encryption(*(folder / name for name in ("authority.crt", "hospital.crt", "hospital.key", "trusted.pem")))
    authority_key, moment = folder / "authority.key", now or datetime.now(UTC)
    if not (authority_key.is_file() and files.authority.is_file()) or _ends_soon(files.authority, moment):
        _make_authority(authority_key, files.authority, moment)
        files.certificate.unlink(missing_ok=True)
    wanted = sorted(set(names))
    if not files.certificate.is_file() or _ends_soon(files.certificate, moment) or _names(files.certificate) != wanted:
        _make_certificate(files, authority_key, wanted, moment)
    files.trusted.write_bytes(Path(certifi.where()).read_bytes() + b"\n" + files.authority.read_bytes())
    return files


def addresses_of_this_machine() -> list[str]:
    """Its IPv4 addresses in private networks, the one that leads outside first."""
    found = [_outward_address()]
    with contextlib.suppress(OSError):  # a machine whose own name is not known to anybody
        found += [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    found += _addresses_of_interfaces()
    return [address for address in dict.fromkeys(found) if address and _is_private(address)]


def _outward_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))  # an address for examples; nothing is sent
            return str(asked.getsockname()[0])
        except OSError:
            return ""


def _addresses_of_interfaces() -> list[str]:
    """By Linux's own question for an interface's address; nothing elsewhere."""
    import fcntl  # not on every system

    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _number, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(asked.fileno(), 0x8915, name.encode()[:15].ljust(40, b"\0"))
            except OSError:  # an interface without an address
                continue
            found.append(socket.inet_ntoa(answer[20:24]))
    return found


def _is_private(address: str) -> bool:
    return any(ipaddress.ip_address(address) in ipaddress.ip_network(network) for network in _NETWORKS)


def _make_authority(key_file: Path, file: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Local hospital on {socket.gethostname()}"[:64])])
    vouches_for = [
        *(x509.IPAddress(ipaddress.ip_network(network)) for network in _NETWORKS),
        x509.DNSName("localhost"),
        x509.DNSName("local"),
    ]
    certificate = (
        _begun(name, name, key.public_key(), now, _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.NameConstraints(vouches_for, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _keep_key(key_file, key)
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _make_certificate(files: Encryption, authority_key: Path, names: list[str], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    signer = serialization.load_pem_private_key(authority_key.read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    certificate = (
        _begun(subject, authority.subject, key.public_key(), now, _CERTIFICATE_DAYS)
        .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    _keep_key(files.key, key)
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _names(certificate: Path) -> list[str]:
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return sorted(str(name.value) for name in names)


def _ends_soon(certificate: Path, now: datetime) -> bool:
    return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc < now + _RENEWED_BEFORE


def _keep_key(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Nobody but the owner may read it."""
    file.unlink(missing_ok=True)
    written = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(written)
