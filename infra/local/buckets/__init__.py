"""The buckets that the site shows at the local hospital's own port, by signed addresses only."""

from .function_keys import FunctionKeys, signing_as_functions
from .routes import BucketRoutes

__all__ = ["BucketRoutes", "FunctionKeys", "signing_as_functions"]
