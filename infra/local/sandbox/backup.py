"""`/sandbox/api/backup`: a copy of the state folder, for whoever can read the folder's key."""

from __future__ import annotations

import asyncio
import hmac
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from ..backup import KEY_HEADER, ROUTE, copy_folder
from ..state_folder import StateFolder


class BackupRoutes:
    """`copy_store` puts the store into a new folder."""

    def __init__(self, folder: StateFolder, copy_store: Callable[[Path], object]) -> None:
        self._folder, self._copy_store = folder, copy_store

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the route."""
        router.add_post(ROUTE, self.copy)

    async def copy(self, request: web.Request) -> web.Response:
        """Takes `{"to": folder}`, a new folder's absolute path; 204 when the copy is whole. 403 without the key that
        lies in the state folder: only who may read the folder may have it copied."""
        if not hmac.compare_digest(request.headers.get(KEY_HEADER, "").encode(), self._folder.key.encode()):
            return web.json_response({"code": "sandbox.folder_key_missing", "facts": {}}, status=403)
        try:
            to = Path(str(json.loads(await request.text())["to"]))
        except (ValueError, KeyError, TypeError):
            return web.json_response({"code": "sandbox.folder_not_named", "facts": {}}, status=400)
        try:
            await asyncio.to_thread(copy_folder, self._folder, self._copy_store, to)
        except (OSError, sqlite3.Error) as error:
            facts = {"reason": f"The copy in {to} could not be made: {error}."}
            return web.json_response({"code": "sandbox.copy_not_made", "facts": facts}, status=507)
        return web.Response(status=204)
