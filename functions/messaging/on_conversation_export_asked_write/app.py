"""Consumer of `conversation.export_asked.v1`."""

from hospital.consumer import consumer
from messaging.on_conversation_export_asked_write.use_case import on_conversation_export_asked_write

app = consumer(on_conversation_export_asked_write)
