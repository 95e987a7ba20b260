"""Consumer of `upload.sent.v1`."""

from hospital.consumer import consumer
from messaging.on_upload_sent_lock.use_case import on_upload_sent_lock

app = consumer(on_upload_sent_lock)
