"""Consumer of `reminder.due.v1`."""

from hospital.consumer import consumer
from messaging.on_reminder_due_send.use_case import on_reminder_due_send

app = consumer(on_reminder_due_send)
