"""Consumer of `visit.accepted.v1`."""

from consultation.on_visit_accepted_open_conversation.use_case import on_visit_accepted_open_conversation
from hospital.consumer import consumer

app = consumer(on_visit_accepted_open_conversation)
