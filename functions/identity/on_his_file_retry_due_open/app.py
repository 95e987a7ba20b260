"""Consumer of `his_file.retry_due.v1`."""

from hospital.consumer import consumer
from identity.on_his_file_retry_due_open.use_case import on_his_file_retry_due_open

app = consumer(on_his_file_retry_due_open)
