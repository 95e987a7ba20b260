"""`/sandbox/wechat/authorize`, where one is whom one chooses; `/sandbox/api/wechat/codes` says who it was."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import urlencode

from aiohttp import web

from .wechat import PEOPLE, SmallWechat

_STATE = re.compile(r"[A-Za-z0-9]{1,128}")
_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>演示用的微信</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/sandbox/wechat/page.css">
<main><h1>演示用的微信</h1>
<p>这不是真的微信。选一个虚构的人，就以这个微信身份回到医院的页面。</p>
<p lang="en">Not the real WeChat. Choose a made-up person; you go back to the hospital as that person.</p>
<form method="post">{people}</form>
<form method="post"><label for="nick">或者另起一个昵称 <span lang="en">Or another nick</span></label>
<input id="nick" name="nick" required maxlength="32"><button>用这个昵称 <span lang="en">Use it</span></button></form>
<form method="post"><button class="plain" name="refuse" value="1">拒绝 <span lang="en">Refuse</span></button></form>
</main></html>"""
_STYLE = """*{box-sizing:border-box}body{font:16px/1.6 system-ui,sans-serif;margin:0;background:#ededed;color:#111}
main{max-width:26rem;margin:0 auto;padding:2rem 1.25rem}h1{font-size:1.375rem;margin:0 0 .5rem}
p{margin:0 0 .75rem}[lang=en]{color:#555;font-size:.875rem}
form{display:grid;gap:.625rem;margin-top:1.25rem}
button{font:inherit;min-height:3rem;border:0;border-radius:8px;background:#087d3e;color:#fff;cursor:pointer}
button [lang=en]{color:inherit;opacity:1}
button:focus-visible,input:focus-visible{outline:3px solid #0b57d0;outline-offset:2px}
.plain{background:#fff;color:#111;border:1px solid #888}
input{font:inherit;min-height:3rem;padding:0 .75rem;border:1px solid #888;border-radius:8px}"""
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


class WechatPages:
    """The pages. It sends nobody anywhere but back to `origin`, as WeChat does to the account's own domain alone."""

    def __init__(self, wechat: SmallWechat, origin: str) -> None:
        self._wechat, self._origin = wechat, origin

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        router.add_get("/sandbox/wechat/authorize", self.ask)
        router.add_post("/sandbox/wechat/authorize", self.agree)
        router.add_get("/sandbox/wechat/page.css", self.style)
        router.add_post("/sandbox/api/wechat/codes", self.redeem)

    async def ask(self, request: web.Request) -> web.Response:
        """Who one wants to be."""
        self._returns_to(request)
        people = "".join(
            f'<button name="nick" value="{html.escape(one)}">{html.escape(one)}</button>' for one in PEOPLE
        )
        return web.Response(text=_PAGE.format(people=people), content_type="text/html", headers=_HEADERS)

    async def agree(self, request: web.Request) -> web.Response:
        """Back to the page that asked, with a code, or without one where it was refused."""
        address, state = self._returns_to(request)
        form = await request.post()
        if form.get("refuse"):
            raise web.HTTPSeeOther(f"{address}?{urlencode({'state': state})}")
        try:
            code = self._wechat.agree(str(form.get("nick", "")))
        except ValueError:
            raise web.HTTPBadRequest from None
        raise web.HTTPSeeOther(f"{address}?{urlencode({'code': code, 'state': state})}")

    async def style(self, request: web.Request) -> web.Response:
        """A file of its own: pages hold no styles inline."""
        return web.Response(text=_STYLE, content_type="text/css")

    async def redeem(self, request: web.Request) -> web.Response:
        """Takes `{asked, code}`, answers `{asked, openid, nick}`; 422 for a code that speaks of nobody."""
        try:
            told = json.loads(await request.text())
            asked, code = told["asked"], told["code"]
        except (ValueError, KeyError, TypeError):
            return web.json_response({"code": "sandbox.question_not_understood", "facts": {}}, status=400)
        found = self._wechat.redeem(code) if isinstance(code, str) else None
        if found is None:
            return web.json_response({"code": "sandbox.code_refused", "facts": {}}, status=422)
        return web.json_response({"asked": asked, "openid": found.openid, "nick": found.nick})

    def _returns_to(self, request: web.Request) -> tuple[str, str]:
        address, state = request.query.get("redirect_uri", ""), request.query.get("state", "")
        if not (address.startswith(f"{self._origin}/") and "?" not in address and _STATE.fullmatch(state)):
            raise web.HTTPBadRequest(text="redirect_uri 参数错误")
        return address, state
