"""The part of the day in which people send files: one of each sort, one in parts, some given up."""

from __future__ import annotations

from tests.builders import files
from tests.journeys.hospital import eventually
from tests.journeys.people import Doctor, Patient, a_key
from tests.journeys.sockets import Socket
from tests.journeys.uploads import asking, opens, put, uploads


def sends_files(patient: Patient, doctor: Doctor, socket: Socket, conversation: str) -> int:
    """A picture and a document in parts are sent and opened; two uploads are given up, one of them in parts. The number
    of the document's message."""
    large = b"%PDF-1.7\n" + b"%" * (5 * 1024 * 1024)
    for type_, content in (("image", files.picture()), ("file", large)):
        view = uploads(patient, conversation, type_, content)
        assert view["state"] == "ready", view
        name = a_key()
        sent = {"upload_id": view["id"]}
        socket.say(action="send", id=name, conversation_id=conversation, type=type_, content=sent)
        opens(doctor, conversation, seq := socket.hears("ack", id=name)["seq"])
    for type_, content in (("image", files.picture("PNG", 20, 10)), ("file", large)):
        view = patient.ok("POST", "/messaging/uploads", asking(conversation, type_, content), key=a_key())
        put(view | {"parts": view["parts"][:1]}, content)
        patient.ok("GET", f"/messaging/uploads/{view['id']}")
        if type_ == "image":
            eventually(lambda path=f"/messaging/uploads/{view['id']}": patient.ok("GET", path)["state"] == "ready", 60)
        patient.ok("DELETE", f"/messaging/uploads/{view['id']}")
    return int(seq)
