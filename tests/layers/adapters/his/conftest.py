"""The far ends of the HIS adapters: one hospital's records behind each protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from adapters import his as port
from adapters.his import His
from infra.local.his.records import Records
from infra.local.his.server import HisServer
from infra.local.his.troubles import Troubles
from tests.builders.cloud import Cloud
from tests.builders.his import knows_his
from tests.builders.his_peers.fhir import opened_fhir
from tests.builders.his_peers.hl7 import Hl7Peer, opened_hl7
from tests.builders.his_peers.soap import SoapPeer, opened_soap


@dataclass
class Far:
    """A HIS as a test sees it: what it holds, how it misbehaves, and the hospital's end."""

    records: Records
    troubles: Troubles
    his: His

    def meets(self, mode: str, **more: object) -> None:
        """From here on the HIS misbehaves so."""
        self.troubles.change({"mode": mode, **more})


@pytest.fixture
def embedded(his: HisServer) -> Far:
    return Far(his.records, his.troubles, port.his())


@pytest.fixture
def fhir(cloud: Cloud) -> Iterator[Far]:
    records, troubles = Records(":memory:"), Troubles()
    with opened_fhir(records, troubles) as url:
        knows_his(cloud, HIS_ADAPTER="fhir", HIS_URL=url)
        yield Far(records, troubles, port.his())
    records.close()


@pytest.fixture
def hl7_peer(cloud: Cloud) -> Iterator[Hl7Peer]:
    records = Records(":memory:")
    with opened_hl7(records, Troubles()) as peer:
        knows_his(cloud, HIS_ADAPTER="hl7", HIS_URL=peer.url)
        yield peer
    records.close()


@pytest.fixture
def hl7(hl7_peer: Hl7Peer) -> Far:
    return Far(hl7_peer.records, hl7_peer.troubles, port.his())


@pytest.fixture(scope="session")
def open_soap() -> Iterator[SoapPeer]:
    """Its WSDL takes a while to make: one for all tests."""
    with opened_soap() as peer:
        yield peer


@pytest.fixture
def soap(cloud: Cloud, open_soap: SoapPeer) -> Iterator[Far]:
    open_soap.begin_anew(Records(":memory:"), Troubles())
    knows_his(cloud, HIS_ADAPTER="soap", HIS_URL=open_soap.url)
    yield Far(open_soap.records, open_soap.troubles, port.his())
    open_soap.records.close()


@pytest.fixture(params=["embedded", "fhir", "hl7", "soap"])
def far(request: pytest.FixtureRequest) -> Far:
    """Each adapter before a HIS that speaks its protocol."""
    found: Far = request.getfixturevalue(request.param)
    return found
