"""Consumer of `call.ended.v1`."""

from calling.on_call_ended_write_record.use_case import on_call_ended_write_record
from hospital.consumer import consumer

app = consumer(on_call_ended_write_record)
