"""Dictionaries on the admin's desk: found, brought in from a file, kept by hand."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.windows import Windows
from tests.builders.workbooks import workbook
from tests.journeys.people import Clinic

pytestmark = pytest.mark.browser

ROWS = [
    ("编码", "名称", "商品名", "类别", "规格", "备注"),
    ("D001", "阿莫西林胶囊", "阿莫仙", "西药", "0.25g×24粒", "常用"),
    ("D002", "=A1&B1", None, "西药"),
    ("d001", "又一个", None, "西药"),
    (None, "没有编码", None, "西药"),
    ("D005", "布洛芬缓释胶囊", None, "中成药", "0.3g×20粒"),
]


def row(page: Page, text: str) -> Locator:
    """A row of the table of entries."""
    return page.locator(".table-card tbody").get_by_role("row").filter(has_text=text)


def test_a_file_comes_in_and_its_bad_lines_are_told(windows: Windows, clinic: Clinic) -> None:
    """Good lines are there at once, found by initials; each bad one is told by its number, column and fault."""
    page = windows.desk(clinic.one("org_admin"))
    page.goto("/staff/dictionaries")
    expect(page.get_by_text("还没有药品")).to_be_visible()
    page.get_by_role("button", name="导入文件").click()
    sheet = page.get_by_role("dialog", name="导入文件")
    with page.expect_download() as template:
        sheet.get_by_role("button", name="下载空白模板").click()
    assert template.value.suggested_filename == "药品.xlsx"
    sheet.get_by_label("要导入的文件").set_input_files({"name": "药品.xlsx", "mimeType": "", "buffer": workbook(ROWS)})
    expect(sheet.get_by_role("status")).to_contain_text("新增 2")
    expect(sheet.get_by_role("status")).to_contain_text("备注")
    expect(sheet.locator("tbody tr")).to_have_count(3)
    told = [re.sub(r"\s+", " ", one) for one in sheet.locator("tbody tr").all_inner_texts()]
    assert told == [
        "3 名称 单元格里是公式，请改成数值",
        "4 编码 这个编码在文件里出现过",
        "5 编码 必须填写",
    ]
    sheet.get_by_role("button", name="完成").click()
    expect(row(page, "阿莫西林胶囊")).to_be_visible()
    page.get_by_role("textbox", name="名称、拼音首字母、编码或 HIS 编码").fill("blfhs")
    expect(page.locator(".table-card tbody").get_by_role("row")).to_have_count(1)
    expect(row(page, "布洛芬缓释胶囊")).to_contain_text("0.3g×20粒")


def test_an_entry_is_kept_by_hand(windows: Windows, clinic: Clinic) -> None:
    """Created, refused under a code that is taken and given up when asked, changed, retired, brought back, deleted."""
    page = windows.desk(clinic.one("org_admin"))
    page.goto("/staff/dictionaries/diagnoses")
    sheet = page.get_by_role("dialog", name=re.compile("疾病诊断$"))
    for code, name in (("J45.900", "支气管哮喘"), ("j45.900", "别的")):
        page.get_by_role("button", name="新增疾病诊断").click()
        sheet.get_by_role("textbox", name="编码", exact=True).fill(code)
        sheet.get_by_role("textbox", name="名称", exact=True).fill(name)
        windows.may_complain("409")
        sheet.get_by_role("button", name="保存").click()
        if name == "支气管哮喘":
            expect(page.get_by_text("已新增：支气管哮喘")).to_be_visible()
    expect(sheet.get_by_text("这个编码已经用过了")).to_be_visible()
    sheet.get_by_role("button", name="关闭此对话框").click()
    page.get_by_role("dialog", name="还没有保存").get_by_role("button", name="不保存，关闭").click()
    expect(sheet).to_be_hidden()

    row(page, "J45.900").get_by_role("button").click()
    sheet.get_by_role("textbox", name="别名", exact=True).fill("哮喘")
    sheet.get_by_role("button", name="保存").click()
    expect(row(page, "J45.900")).to_contain_text("哮喘")
    row(page, "J45.900").get_by_role("button").click()
    expect(sheet.get_by_text("第 2 版")).to_be_visible()
    sheet.get_by_role("button", name="停用").click()
    expect(row(page, "J45.900")).to_have_count(0)
    page.locator("label").filter(has=page.get_by_role("checkbox", name="已停用的")).click()
    row(page, "J45.900").get_by_role("button").click()
    sheet.get_by_role("button", name="恢复使用").click()
    expect(page.get_by_text("已恢复使用：支气管哮喘")).to_be_visible()
    page.locator("label").filter(has=page.get_by_role("checkbox", name="已停用的")).click()
    row(page, "J45.900").get_by_role("button").click()
    sheet.get_by_role("button", name="删除").click()
    page.get_by_role("dialog", name="删除这一条？").get_by_role("button", name="删除").click()
    expect(page.get_by_text("还没有疾病诊断")).to_be_visible()
