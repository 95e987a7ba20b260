"""RTCP of a leg: what it tells us, and the reports we send it each second (RFC 3550 section 6.4).

Sender reports keep the publisher's wall clock and move its RTP time as the packets were moved, so that a receiver can
lay voice and picture of one person together (section 6.4.1); they are carried on to the moment of sending.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from media_fleet.plane import feedback, rtcp
from media_fleet.plane.counts import Counts

if TYPE_CHECKING:
    from media_fleet.plane.forwarding import Forward
    from media_fleet.plane.legs import Leg

EVERY = 1.0
_MOST_BETWEEN = 20_000
"""Packets between two reports; more is another stream's count."""


def receive(leg: Leg, compound: bytes, at: float, counts: Counts) -> None:
    """Takes what a leg says."""
    counts.rtcp_received += 1
    for message in rtcp.parse(compound):
        match message:
            case rtcp.SenderReport():
                if stream := leg.streams.get(message.ssrc):
                    first = not stream.reception.report_ntp
                    stream.reception.reported(message.ntp, message.timestamp, at)
                    for listener in stream.forwards if first else ():
                        _send(listener.leg, [listener], at)
                _blocks(leg, message.blocks, at)
            case rtcp.ReceiverReport():
                _blocks(leg, message.blocks, at)
            case rtcp.KeyframeWanted():
                hearing = leg.forwards.get(message.media)
                wished = (hearing.stream or hearing.waits_for) if hearing else None
                if wished is not None:
                    wished.wish.wanted = True
            case rtcp.Nack():
                if hearing := leg.forwards.get(message.media):
                    hearing.repairs.answer(hearing, message.sequences, at, counts)
            case rtcp.WideFeedback():
                counts.rtcp_malformed += not leg.told_wide(message.body, at)
            case rtcp.Remb():
                leg.told_remb(message.bits)
            case rtcp.Unread():
                counts.rtcp_malformed += 1


def _blocks(leg: Leg, blocks: tuple[rtcp.ReportBlock, ...], at: float) -> None:
    for block in blocks:
        hearing = leg.forwards.get(block.ssrc)
        if hearing is None:
            continue
        if hearing.repairs.has_rtx and hearing.told is not None:
            sent = (block.highest - hearing.told.highest) & 0xFFFFFFFF
            if 0 < sent < _MOST_BETWEEN:
                leg.told_line(block.lost - hearing.told.lost, sent, at)
        hearing.told = block
        leg.told_loss(block.fraction, at)
        for last, sent_at in hearing.sent_reports:
            if last == block.last_report:
                leg.measured_round_trip(at - sent_at - block.delay / 65536)


def send_reports(leg: Leg, at: float) -> None:
    """Sends what is due: SR of all it hears, RR on all it publishes."""
    leg.reports_due = at + EVERY
    _send(leg, list(leg.forwards.values()), at)
    heard = [stream for stream in leg.streams.values() if stream.reception.received]
    for first in range(0, len(heard), feedback.MOST_BLOCKS):
        blocks = [stream.reception.block(stream.ssrc, at) for stream in heard[first : first + feedback.MOST_BLOCKS]]
        leg.send_rtcp(feedback.receiver_report(leg.ssrc, blocks) + feedback.description(leg.ssrc, "relay"))


def _send(leg: Leg, forwards: list[Forward], at: float) -> None:
    for hearing in forwards:
        source = hearing.stream
        if source is None or not source.reception.report_ntp:
            continue
        heard = source.reception
        since = at - heard.report_at
        ntp = (heard.report_ntp + int(since * (1 << 32))) & 0xFFFFFFFFFFFFFFFF
        timestamp = heard.report_timestamp + int(since * heard.clock_rate) + hearing.time_by
        hearing.sent_reports.append((ntp >> 16 & 0xFFFFFFFF, at))
        report = feedback.sender_report(hearing.ssrc, ntp, timestamp, hearing.packets, hearing.octets)
        leg.send_rtcp(report + feedback.description(hearing.ssrc, hearing.cname))
