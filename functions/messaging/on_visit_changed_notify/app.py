"""Consumer of every `visit.*` event that people see."""

from hospital.consumer import consumer
from messaging.on_visit_changed_notify.use_case import on_visit_changed_notify

app = consumer(on_visit_changed_notify)
