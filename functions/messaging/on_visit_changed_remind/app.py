"""Consumer of the `visit.*` events that a patient waits for."""

from hospital.consumer import consumer
from messaging.on_visit_changed_remind.use_case import on_visit_changed_remind

app = consumer(on_visit_changed_remind)
