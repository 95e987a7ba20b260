"""Consumer of `inspection.asked.v1`."""

from hospital.consumer import consumer
from house.on_inspection_asked_inspect.use_case import on_inspection_asked_inspect

app = consumer(on_inspection_asked_inspect)
