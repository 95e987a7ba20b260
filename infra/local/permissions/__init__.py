"""Every AWS call of a function is held against the policies that the template gives it, as IAM would hold it.

`Permissions` reads the template: roles with what SAM adds to them, resource policies, what a call's names mean. An
unknown operator, condition key, action or SAM policy template is a TemplateError, never ignored. While `checked` is
installed, a call of a running function that nothing allows is answered with AWS's own error of that service.

Sources: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements"; Service Authorization Reference.
"""

from .guard import checked
from .permissions import Denial, Permissions
from .used import FILE_NAME as USED_FILE
from .used import UsedFile

__all__ = ["USED_FILE", "Denial", "Permissions", "UsedFile", "checked"]
