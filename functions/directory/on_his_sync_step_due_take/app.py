"""Consumer of `his_sync.step_due.v1`."""

from directory.on_his_sync_step_due_take.use_case import on_his_sync_step_due_take
from hospital.consumer import consumer

app = consumer(on_his_sync_step_due_take)
