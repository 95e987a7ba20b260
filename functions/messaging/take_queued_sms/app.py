"""Reads the queue of texts that the hospital's middleware sends."""

from hospital.consumer import reader
from messaging.take_queued_sms.use_case import take_queued_sms

app = reader(take_queued_sms)
