"""What is put is what was sent, whatever it calls itself: moto would take a body of a form's type apart."""

from typing import Any

from moto.s3.responses import S3Response
from werkzeug.datastructures import ImmutableMultiDict

from .seams import Seam


def body_seam() -> Seam:
    """Where moto takes a request's body."""

    def make(original: Any) -> Any:
        def setup_class(response: Any, request: Any, *others: Any, **named: Any) -> None:
            if request.method == "PUT":
                request.get_data(cache=True, parse_form_data=False)
                # Both are read from here once they were looked at.
                vars(request).update(form=ImmutableMultiDict(), files=ImmutableMultiDict())
            original(response, request, *others, **named)

        return setup_class

    return Seam(S3Response, "setup_class", ("self", "request", "full_url", "headers"), make)
