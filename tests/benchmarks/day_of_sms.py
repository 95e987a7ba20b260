"""The part of the day in which texts leave the house."""

from __future__ import annotations

from tests.journeys.hospital import eventually
from tests.journeys.people import Staff, a_key
from tests.journeys.sending import NOBODYS, SendingSystem


def sends_texts(admin: Staff, operator: Staff) -> None:
    """Another system sends a text by each door and reads its result; one to nobody's number fails, and the admin sends
    it again; a carrier pushes a receipt. The consultation of later that day has a text of its own."""
    content = {"name": "检验系统", "most_a_day": 100}
    made = admin.ok("POST", "/messaging/sms-systems", content, key=a_key())["system"]
    path = f"/messaging/sms-systems/{made['id']}"
    admin.ok("PUT", path, content | {"on": True, "version": made["version"]}, key=a_key())
    system = SendingSystem(admin.hospital, made["id"], admin.ok("POST", f"{path}/key", key=a_key())["key"])
    admin.ok("GET", "/messaging/sms-systems")
    system.sees(system.sends("13912345678", "报告已出"), "delivered")
    told = {"reference": a_key(), "phone": "13912345678", "text": "报告已出"}
    system.calls("SendSms", **told)
    system.takes(system.puts(told | {"reference": a_key()}))
    failed = system.sends(NOBODYS, "报告已出")
    system.sees(failed, "failed")
    eventually(lambda: admin.ok("GET", f"/messaging/sms?phone={NOBODYS}")["items"], 60)
    admin.ok("GET", "/messaging/sms/report?by=week")
    admin.ok("POST", f"/messaging/sms/{failed}/resend", key=a_key())
    addresses = operator.ok("GET", "/messaging/sms/carriers")["items"]
    (tencent,) = [one["receipts_path"] for one in addresses if one["carrier"] == "tencent"]
    told = [{"sid": "1", "report_status": "SUCCESS", "errmsg": "DELIVRD", "user_receive_time": ""}]
    admin.ok("POST", tencent.removeprefix("/api"), told)
    admin.hospital.post("/sandbox/api/schedules/run", {"function": "MessagingCollectSmsReceipts"})
    text = {"code": "visit_finished", "channel": "sms", "text": "{doctor}医生已写好小结"}
    admin.ok("POST", "/directory/reference/message_templates", {"content": text}, key=a_key())
