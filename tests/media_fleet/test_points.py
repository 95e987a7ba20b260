"""The impairment bench's sums: medians, worst cases, aims that were missed, and a chart of them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.benchmarks.media.chart import drawn
from tests.benchmarks.media.measuring import Row, share_of, summed_up
from tests.benchmarks.media.points import POINTS, SHORT, Aim, Point
from tests.builders.line import LineShape

pytestmark = pytest.mark.unit

POINT = Point("20 %", LineShape(loss=0.2, delay=0.02), aim=Aim(p50=200, pictures=20, concealed=0.005))


def run(**changed: object) -> Row:
    seen: Row = {
        "connectMs": 300.0,
        "latencies": [100.0, 120.0, 140.0],
        "pictures": 300,
        "seconds": 10.0,
        "freezes": 1,
        "concealed": 0.001,
        "sentBps": 1e6,
        "heldMs": 0,
        "height": 720,
        "roundTripUpMs": 40.0,
        "roundTripDownMs": None,
        "limitedBy": "none",
        "line_lost": 0.2,
    }
    return seen | changed


def test_what_reaches_its_aims_misses_nothing() -> None:
    row = summed_up(POINT, [run(), run(latencies=[180.0]), run(connectMs=900.0)])
    assert (row["p50_ms"], row["connect_ms"]) == ({"median": 120.0, "worst": 180.0}, {"median": 300.0, "worst": 900.0})
    assert row["round_trip_down_ms"] == {"median": None, "worst": None}
    assert row["misses"] == []


def test_a_call_without_a_picture_misses_and_is_counted() -> None:
    row = summed_up(POINT, [run(connectMs=None, latencies=[], pictures=0, concealed=1)])
    assert row["never_connected"] == 1
    assert row["misses"] == ["p50_ms above 200", "concealed above 0.005", "pictures_per_second below 20"]


def test_the_lines_own_delay_is_allowed_where_nothing_is_lost() -> None:
    far = Point("far", LineShape(delay=0.15), aim=Aim(p50=80))
    assert summed_up(far, [run(latencies=[370.0])])["misses"] == []
    assert summed_up(far, [run(latencies=[390.0])])["misses"] == ["p50_ms above 80"]


def test_quantiles_of_few_and_none() -> None:
    assert (share_of([], 0.5), share_of([1.0], 0.95), share_of([1.0, 2.0, 3.0], 0.5)) == (None, 1.0, 2.0)


def test_the_short_points_are_points_and_names_are_unique() -> None:
    names = [point.name for point in POINTS]
    assert set(SHORT) <= set(names)
    assert len(names) == len(set(names))


def test_the_chart_is_a_picture_with_every_point() -> None:
    rows = [summed_up(POINT, [run()]), summed_up(POINT, [run(connectMs=None, latencies=[], pictures=0)])]
    picture = ElementTree.fromstring(drawn(rows, "a & b"))
    texts = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert texts.count("20 %") == 2
    assert "none" in texts
