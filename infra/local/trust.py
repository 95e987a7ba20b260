"""`/trust/`: how a phone in the same network comes to trust this hospital's certificate."""

from __future__ import annotations

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from .encryption import Encryption

_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>信任这台演示服务器</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/trust/page.css">
<h1>信任这台演示服务器</h1>
<p>这家演示医院运行在本地网络的一台电脑上，连接全程加密，证书由它自己签发。请先核对下面的指纹与电脑终端上显示的一致，
再安装证书。只在演示用的手机上安装，演示结束后请删除。</p>
<p>指纹（SHA-256）</p><p><code>{fingerprint}</code></p>
<p><a href="/trust/authority.crt">下载证书</a></p>
<ol><li>iPhone：下载后打开“设置”，点“已下载描述文件”安装；再到“通用 → 关于本机 → 证书信任设置”中打开它。</li>
<li>安卓：下载后打开“设置 → 安全 → 加密与凭据 → 安装证书 → CA 证书”，选择下载的文件。</li>
<li>然后打开 <a href="{origin}/patient/">{origin}/patient/</a>。</li></ol>
<section lang="en"><h2>Trust this demonstration server</h2>
<p>This hospital runs on a computer in the same network. Every connection is encrypted, with a certificate that it made
itself. Compare the fingerprint above with the one in the computer's terminal, then install the certificate, only on a
phone used for demonstrations, and remove it afterwards.</p>
<ol><li>iPhone: download it, install it in Settings under “Profile Downloaded”, and switch it on in General, About,
Certificate Trust Settings.</li>
<li>Android: download it, then Settings, Security, Encryption and credentials, Install a certificate, CA
certificate.</li><li>Open <a href="{origin}/patient/">{origin}/patient/</a>.</li></ol></section></html>"""

_STYLE = """body{font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}
code{overflow-wrap:anywhere;background:#eee;padding:.1em .3em;border-radius:3px}a{color:#0b57d0}"""


class TrustPage:
    """The page, and the authority's certificate to download."""

    def __init__(self, encryption: Encryption, origin: str) -> None:
        self._encryption, self._origin = encryption, origin

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        router.add_get("/trust", self.page)
        router.add_get("/trust/", self.page)
        router.add_get("/trust/page.css", self.style)
        router.add_get("/trust/authority.crt", self.authority)

    async def page(self, request: web.Request) -> web.Response:
        """What to do, in Chinese and in English."""
        text = _PAGE.format(fingerprint=self._encryption.fingerprint, origin=self._origin)
        return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store"})

    async def style(self, request: web.Request) -> web.Response:
        """A file of its own: pages hold no styles inline."""
        return web.Response(text=_STYLE, content_type="text/css")

    async def authority(self, request: web.Request) -> web.Response:
        """The certificate in the form that phones open, without its key."""
        found = x509.load_pem_x509_certificate(self._encryption.authority.read_bytes())
        return web.Response(
            body=found.public_bytes(serialization.Encoding.DER),
            headers={
                "Content-Type": "application/x-x509-ca-cert",
                "Content-Disposition": 'attachment; filename="hospital.crt"',
                "Cache-Control": "no-store",
            },
        )
