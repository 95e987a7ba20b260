"""Consumer of `health_card.retry_due.v1`."""

from hospital.consumer import consumer
from identity.on_health_card_retry_due_apply.use_case import on_health_card_retry_due_apply

app = consumer(on_health_card_retry_due_apply)
