"""Consumer of `sms.moved.v1` and `sms.due.v1`."""

from hospital.consumer import consumer
from messaging.on_sms_due_send.use_case import on_sms_due_send

app = consumer(on_sms_due_send)
