"""The page where one pays, as a phone shows it."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from .book import PEOPLE

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
STYLE = """*{box-sizing:border-box}body{font:16px/1.6 system-ui,sans-serif;margin:0;background:#f3f4f6;color:#111}
main{max-width:26rem;margin:0 auto;padding:1.5rem 1.25rem}
h1{font-size:1rem;font-weight:400;margin:0;color:#444;text-align:center}
.to{font-size:1.125rem;text-align:center;margin:1.5rem 0 0}
.amount{font-size:2.5rem;font-weight:600;line-height:1.3;text-align:center;margin:0;font-variant-numeric:tabular-nums}
.what{text-align:center;color:#444;margin:.25rem 0 1.5rem;overflow-wrap:anywhere}
fieldset{border:0;margin:0 0 1rem;padding:.25rem 1rem;background:#fff;border-radius:12px}
legend{float:left;width:100%;padding:.75rem 0 .25rem;color:#444;font-size:.875rem}
label{clear:both;display:flex;align-items:center;gap:.75rem;min-height:3rem}
label+label{border-top:1px solid #e5e7eb}label span{margin-left:auto;color:#444;font-variant-numeric:tabular-nums}
input{width:1.25rem;height:1.25rem;accent-color:#0b6b4f}
.said{background:#fff;border-radius:12px;padding:1rem;text-align:center}.said.bad{color:#9b1c1c}
button,a.button{font:inherit;display:block;width:100%;min-height:3rem;border:0;border-radius:10px;background:#0b6b4f;
color:#fff;cursor:pointer;margin-top:.75rem;text-align:center;text-decoration:none;line-height:3rem;padding:0}
button:focus-visible,input:focus-visible,a:focus-visible{outline:3px solid #0b57d0;outline-offset:2px}
.plain{background:#fff;color:#111;border:1px solid #888}
footer{margin-top:1.5rem;font-size:.8125rem;color:#555;text-align:center}[lang=en]{font-size:.875em}"""
_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>演示钱包</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="page.css">
<main><h1>演示钱包 <span lang="en">Wallet of the demo</span></h1>{body}
<footer>不是真的钱。<span lang="en">No real money.</span></footer></main></html>"""
_ASKS = """<p class="to">付给 {merchant}</p><p class="amount">¥{amount}</p><p class="what">{what}</p>{said}
<form method="post"><fieldset><legend>用谁的钱包 <span lang="en">Whose wallet</span></legend>{people}</fieldset>
<button name="act" value="pay">付款 <span lang="en">Pay</span></button>
<button class="plain" name="act" value="refuse">不付了 <span lang="en">Do not pay</span></button></form>"""
_TELLS = """<p class="to">付给 {merchant}</p><p class="amount">¥{amount}</p><p class="what">{what}</p>
<p class="said">{said}</p>{back}"""
_SAID = {
    "paid": "已付款 <span lang='en'>Paid</span>",
    "closed": "这笔订单已经关闭，不能付款 <span lang='en'>Closed: it cannot be paid</span>",
    "refused": "没有付款 <span lang='en'>Nothing was paid</span>",
}


def yuan(fen: int) -> str:
    """`1234` is `12.34`."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def asks(order: Mapping[str, Any], merchant: str, balances: Mapping[str, int], *, short: bool = False) -> str:
    """Who pays, and whether. `short`: the wallet chosen before had too little in it."""
    people = "".join(
        f'<label><input type="radio" name="payer" value="{html.escape(name)}" {"checked" if first == 0 else ""}>'
        f"{html.escape(name)}<span>¥{yuan(balances[name])}</span></label>"
        for first, name in enumerate(PEOPLE)
    )
    said = '<p class="said bad" role="alert">余额不足 <span lang="en">Not enough in it</span></p>' if short else ""
    return _PAGE.format(body=_ASKS.format(people=people, said=said, **_shown(order, merchant)))


def tells(order: Mapping[str, Any], merchant: str, how: str) -> str:
    """How it ended: paid, closed, refused."""
    href = html.escape(order["returns_to"])
    back = f'<a class="button" href="{href}">返回商家 <span lang="en">Back</span></a>' if href else ""
    return _PAGE.format(body=_TELLS.format(said=_SAID[how], back=back, **_shown(order, merchant)))


def _shown(order: Mapping[str, Any], merchant: str) -> dict[str, str]:
    return {
        "merchant": html.escape(merchant),
        "amount": yuan(order["amount"]),
        "what": html.escape(order["description"]),
    }
