"""Consumer of `session.revoked.v1`."""

from hospital.consumer import consumer
from messaging.on_session_revoked_close_sockets.use_case import on_session_revoked_close_sockets

app = consumer(on_session_revoked_close_sockets)
