"""Consumer of `data_copy.step_due.v1`."""

from hospital.consumer import consumer
from identity.on_data_copy_step_due_gather.use_case import on_data_copy_step_due_gather

app = consumer(on_data_copy_step_due_gather)
