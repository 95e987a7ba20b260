"""Consumer of `conversation.closed.v1`."""

from calling.on_conversation_closed_end_calls.use_case import on_conversation_closed_end_calls
from hospital.consumer import consumer

app = consumer(on_conversation_closed_end_calls)
