"""Why a workflow does not begin."""


class WorkflowRefused(Exception):
    """The execution cannot be started; the message says why."""
