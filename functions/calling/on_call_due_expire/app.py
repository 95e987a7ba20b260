"""Consumer of `call.due.v1`."""

from calling.on_call_due_expire.use_case import on_call_due_expire
from hospital.consumer import consumer

app = consumer(on_call_due_expire)
