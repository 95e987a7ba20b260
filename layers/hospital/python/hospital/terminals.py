"""Where a person meets the hospital. A client states its terminal; one that nobody knows is refused by the schema."""

from __future__ import annotations

from typing import Literal

Terminal = Literal["web", "wechat_official_account", "wechat_mini_program", "alipay_mini_program"]
