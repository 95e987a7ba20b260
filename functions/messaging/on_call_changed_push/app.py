"""Consumer of `call.begun.v1`, `call.changed.v1` and `call.ended.v1`."""

from hospital.consumer import consumer
from messaging.on_call_changed_push.use_case import on_call_changed_push

app = consumer(on_call_changed_push)
