"""The built web pages, served as the distribution in front of the bucket serves them."""

from __future__ import annotations

import html
from pathlib import Path

from aiohttp import web

from .addresses import Addresses

APPS = ("patient", "staff", "sandbox", "docs")
_FOREVER = "public, max-age=31536000, immutable"
_NEVER = "no-store"
_ASK = "no-cache"

_MISSING = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>页面还没有构建</title>
<style>body{{font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem}}code{{background:#eee;
padding:.1em .3em;border-radius:3px}}</style>
<h1>页面还没有构建</h1><p>找不到 <code>{folder}</code>。
请在项目目录运行 <code>python3 infra/set_up.py --web</code>，然后刷新。</p>
<h2 lang="en">This page is not built yet</h2><p lang="en">There is no <code>{folder}</code>. Run
<code>python3 infra/set_up.py --web</code> in the project's folder, then reload.</p></html>"""


class Pages:
    """`/<app>/...` from `<web>/apps/<app>/dist/local`; addresses of the app itself get its index."""

    def __init__(self, web_folder: Path, openapi: Path, addresses: Addresses) -> None:
        self._web, self._openapi = web_folder, openapi
        self._origin, self._other_hosts = addresses.origin, addresses.other_hosts

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        router.add_get("/", self.home)
        router.add_get("/config.json", self.config)
        for name in ("openapi.json", "asyncapi.json"):
            router.add_get(f"/docs/{name}", self.document)
        for app in APPS:
            router.add_get(f"/{app}", self.with_slash)
            router.add_get(rf"/{app}/{{path:[\s\S]*}}", self.page)

    async def home(self, request: web.Request) -> web.StreamResponse:
        """Patients come in by the front door."""
        return web.Response(status=302, headers={"Location": "/patient/", "Cache-Control": _NEVER})

    async def config(self, request: web.Request) -> web.StreamResponse:
        """What a page must know about where it runs."""
        return web.json_response({"api_base": "/api", "profile": "local"}, headers={"Cache-Control": _NEVER})

    async def document(self, request: web.Request) -> web.StreamResponse:
        """The documents of the API and of the socket, for the docs page."""
        document = self._openapi.with_name(request.path.rpartition("/")[2])
        if not document.is_file():
            return web.Response(status=404, text=f"docs/{document.name} is not there")
        return web.FileResponse(document, headers={"Cache-Control": _ASK})

    async def with_slash(self, request: web.Request) -> web.StreamResponse:
        """`/patient` is `/patient/`."""
        query = f"?{request.query_string}" if request.query_string else ""
        return web.Response(status=302, headers={"Location": f"{request.path}/{query}", "Cache-Control": _NEVER})

    async def page(self, request: web.Request) -> web.StreamResponse:
        """A file of the app, or its index for an address within it."""
        if request.host in self._other_hosts:
            # Another origin for browsers: sessions begun under one name would not be known under the other.
            return web.Response(
                status=302, headers={"Location": self._origin + request.raw_path, "Cache-Control": _NEVER}
            )
        app = request.path.split("/", 2)[1]
        folder = self._web / "apps" / app / "dist" / "local"
        index = folder / "index.html"
        if not index.is_file():
            return _missing(folder)
        file = _inside(folder, request.match_info["path"])
        if file is not None and file != index:
            hashed = file.parent.name == "assets"
            return web.FileResponse(file, headers={"Cache-Control": _FOREVER if hashed else _ASK})
        if request.match_info["path"].startswith("assets/"):
            return web.Response(status=404, text="Not found", headers={"Cache-Control": _NEVER})
        return web.FileResponse(index, headers={"Cache-Control": _NEVER})


def _inside(folder: Path, path: str) -> Path | None:
    """The file of that name in the folder, if there is one and it does not lie outside."""
    if "\x00" in path or not path:
        return None
    try:
        file = (folder / path).resolve()
        return file if file.is_file() and file.is_relative_to(folder.resolve()) else None
    except OSError:
        return None


def _missing(folder: Path) -> web.Response:
    text = _MISSING.format(folder=html.escape("/".join(folder.parts[-4:])))
    return web.Response(status=503, text=text, content_type="text/html", headers={"Cache-Control": _NEVER})
