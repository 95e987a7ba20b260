"""Consumer of `emergency.opened.v1`."""

from hospital.consumer import consumer
from messaging.on_emergency_opened_tell.use_case import on_emergency_opened_tell

app = consumer(on_emergency_opened_tell)
