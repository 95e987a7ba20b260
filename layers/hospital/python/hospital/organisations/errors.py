"""What can go wrong with organisations and departments."""

from hospital.errors import Conflict, Forbidden, NotFound


class OrganisationNotFound(NotFound):
    """There is no such organisation for this caller, or no more."""

    code = "organisation.not_found"


class OrganisationCodeTaken(Conflict):
    """Another organisation has this code."""

    code = "organisation.code_taken"


class OrganisationHolds(Conflict):
    """There are departments, staff or organisations below it. Facts: `departments`, `staff`, `organisations`."""

    code = "organisation.not_empty"


class ParentNeeded(Forbidden):
    """Only the platform founds an organisation that stands below none."""

    code = "organisation.parent_needed"


class BusinessOff(Forbidden):
    """The organisation does not offer this, or not here. Facts: `business`."""

    code = "organisation.business_off"


class DepartmentNotFound(NotFound):
    """There is no such department for this caller, or no more."""

    code = "department.not_found"


class DepartmentCodeTaken(Conflict):
    """Another department of the organisation has this code."""

    code = "department.code_taken"


class DepartmentHasStaff(Conflict):
    """Somebody works there. Facts: `staff`."""

    code = "department.has_staff"


class ServiceNotOpen(Forbidden):
    """The department does not offer this online yet. Facts: `service`."""

    code = "department.service_not_open"
