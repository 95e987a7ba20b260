"""Consumer of `dictionary.import_due.v1`."""

from directory.on_dictionary_import_due_step.use_case import on_dictionary_import_due_step
from hospital.consumer import consumer

app = consumer(on_dictionary_import_due_step)
