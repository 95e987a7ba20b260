"""What can go wrong with runs."""

from hospital.errors import Conflict, NotFound


class HisSyncNotFound(NotFound):
    """There is no such run for this caller."""

    code = "his_sync.not_found"


class HisSyncRuns(Conflict):
    """One runs for this organisation already. Facts: `his_sync_id`."""

    code = "his_sync.runs_already"


class HisSyncFromTheTop(Conflict):
    """A branch is taken over with the organisation that it belongs to. Facts: `organisation_id`, the topmost one."""

    code = "his_sync.from_the_top"
