"""Consumer of `upload.forgotten.v1` and `upload.forget_due.v1`."""

from hospital.consumer import consumer
from messaging.on_upload_forgotten_clean.use_case import on_upload_forgotten_clean

app = consumer(on_upload_forgotten_clean)
