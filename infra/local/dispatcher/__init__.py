"""Delivers what moto does not: table streams, queues and schedules to functions, as the template's mappings say."""

from .dispatcher import Dispatcher

__all__ = ["Dispatcher"]
