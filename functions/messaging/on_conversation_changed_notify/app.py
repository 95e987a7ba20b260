"""Consumer of `conversation.opened.v1` and `conversation.changed.v1`."""

from hospital.consumer import consumer
from messaging.on_conversation_changed_notify.use_case import on_conversation_changed_notify

app = consumer(on_conversation_changed_notify)
