"""What can go wrong with the folder of a local hospital: one sentence each, fit to be printed as it is."""


class StoreError(Exception):
    """The store cannot do what was asked; the message is one sentence for the person at the keyboard."""


class StoreBusy(StoreError):
    """Another process has the folder open."""


class StoreTooNew(StoreError):
    """The folder was written by a later version of the local hospital."""


class StoreUnreadable(StoreError):
    """The folder or its file cannot be opened, or is not ours."""


class StoreOtherMoto(StoreUnreadable):
    """The folder holds keys or secrets pickled by another version of moto."""


class StoreUnwritable(StoreError):
    """A commit failed (full disk, lost folder): the call that wanted it failed too and left nothing behind."""
