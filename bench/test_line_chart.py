from xml.etree import ElementTree as ET

from bench.line_chart import Axis, Curve, Point, draw, formatted


def curve(*values: float) -> Curve:
    points = [Point(10.0**n, value, value, value) for n, value in enumerate(values, 1)]
    return Curve("some <things>", points)


def test_a_chart_is_complete_and_the_same_each_time() -> None:
    curves = [curve(5, 6, 70), curve(1, 2, 3)]
    drawing = draw("Cost & more", "it grows", "clients", "µs", curves)
    assert drawing == draw("Cost & more", "it grows", "clients", "µs", curves)
    root = ET.fromstring(drawing)  # noqa: S314 - it is our own
    circles = [each for each in root if each.tag.endswith("circle")]
    assert len(circles) == 6
    first, _, last = (float(each.attrib["cy"]) for each in circles[:3])
    assert last < first, "higher values are further up"


def test_values_that_hardly_differ_look_that_way() -> None:
    axis = Axis(230, 233, 100)
    assert (axis.low, axis.high) == (100, 1000)
    assert axis.position(233) - axis.position(230) < 1
    assert list(Axis(3, 4000, 100).ticks()) == [10, 100, 1000]


def test_values_have_three_significant_digits() -> None:
    assert [formatted(n) for n in (0, 0.0523, 7.1, 97.51, 1234.5)] == [
        "0",
        "0.0523",
        "7.10",
        "97.5",
        "1,234",
    ]
