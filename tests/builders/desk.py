"""An app so small that a test of the edge sees only the edge: notes that are written, read and thrown away."""

from __future__ import annotations

import threading
from typing import Annotated, Any

from pydantic import BaseModel, Field

from hospital.caller import Caller
from hospital.errors import Conflict, NotFound
from hospital.http import App, Command, Cookie, Reply
from hospital.paging import Paging
from hospital.policy import anyone, can, signed_in
from hospital.work import Work
from tests.builders.notes import Note, NoteView, note_key, notes

app = App("desk")


class NoteTaken(Conflict):
    """There is one of that id."""

    code = "note.taken"


class WriteNote(Command):
    """A note's id and text."""

    id: Annotated[str, Field(pattern=r"^not_[a-z0-9]{1,20}$")]
    text: Annotated[str, Field(min_length=1, max_length=200_000)]
    number: Annotated[int, Field(ge=0, le=2**31)] = 0
    tags: list[str] = Field(default_factory=list)


class AnyNote(Command):
    """Anything."""

    content: Any = None


class Seen(BaseModel):
    """What a view was given."""

    values: dict[str, Any]


@app.route("POST", "/notes", allow=can("visit:answer"), body=WriteNote, returns=NoteView, status=201)
def post_note(who: Caller, body: WriteNote) -> NoteView:
    """Write a note."""
    with Work(by=who, doing="note.write") as work:
        note = work.add(notes, Note(id=body.id, owner=who.person_id, text=body.text), otherwise=NoteTaken())
        return work.answer(NoteView(id=note.id, text=note.text))


@app.route("POST", "/notes/{note_id}/append", allow=can("visit:answer"), body=AnyNote, returns=NoteView)
def post_append(who: Caller, note_id: str, body: AnyNote) -> NoteView:
    """Add an exclamation mark."""
    note = notes.need(note_key(note_id))
    with Work(by=who, doing="note.append") as work:
        changed = work.change(notes, note, note.having(text=note.text + "!"))
        return work.answer(NoteView(id=changed.id, text=changed.text))


@app.route("DELETE", "/notes/{note_id}", allow=can("visit:answer"), status=204)
def delete_note(who: Caller, note_id: str) -> None:
    """Throw a note away; twice is harmless."""
    note = notes.get(note_key(note_id))
    if note is not None:
        with Work(by=who, doing="note.throw_away") as work:
            work.remove(notes, note)


@app.route("GET", "/notes/{note_id}", allow=can("visit:answer"), query=Paging, returns=NoteView)
def get_note(note_id: str, query: Paging) -> NoteView:
    """One note."""
    note = notes.need(note_key(note_id), NotFound())
    return NoteView(id=note.id, text=note.text)


@app.route("POST", "/anything", allow=anyone, body=AnyNote, returns=Seen)
def post_anything(who: Caller, body: AnyNote, cookies: dict[str, str]) -> Reply:
    """What came in goes out, with two cookies."""
    said = {"person_id": who.person_id, "ip": who.asked.ip, "device": who.asked.device, "cookies": cookies}
    kept = (Cookie("one", "1", 60, secure=True), Cookie("two", "", 0, secure=False))
    return Reply(Seen(values=said | {"content": body.content}), cookies=kept, headers={"X-Mood": "fine"})


@app.route("GET", "/kinds/{kind}", allow=signed_in, returns=Seen)
def get_kind(who: Caller, kind: str) -> Seen:
    """Who asks for which kind, on which thread."""
    return Seen(values={"kind": kind, "person_id": who.person_id, "thread": threading.get_ident()})


@app.route("GET", "/broken", allow=anyone)
def get_broken() -> None:
    """Fails with the patient's words in its mouth."""
    raise ValueError("the patient said: my chest hurts")
