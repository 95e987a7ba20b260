"""Consumer of `visit.answer_due.v1`."""

from consultation.on_visit_answer_due_expire_visit.use_case import on_visit_answer_due_expire_visit
from hospital.consumer import consumer

app = consumer(on_visit_answer_due_expire_visit)
