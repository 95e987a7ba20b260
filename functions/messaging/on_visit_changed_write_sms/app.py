"""Consumer of the `visit.*` events for which texts may leave."""

from hospital.consumer import consumer
from messaging.on_visit_changed_write_sms.use_case import on_visit_changed_write_sms

app = consumer(on_visit_changed_write_sms)
