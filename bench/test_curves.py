from xml.etree import ElementTree as ET

from bench.curves import Axis, Curve, Point, draw, figure


def curve(*values: float) -> Curve:
    points = [Point(10.0**n, value, value, value) for n, value in enumerate(values, 1)]
    return Curve("some <things>", points)


def test_a_drawing_is_whole_and_the_same_each_time() -> None:
    curves = [curve(5, 6, 70), curve(1, 2, 3)]
    drawn = draw("Cost & more", "it grows", "people", "µs", curves)
    assert drawn == draw("Cost & more", "it grows", "people", "µs", curves)
    root = ET.fromstring(drawn)  # noqa: S314 - it is our own
    circles = [each for each in root if each.tag.endswith("circle")]
    assert len(circles) == 6
    first, _, last = (float(each.attrib["cy"]) for each in circles[:3])
    assert last < first, "more is higher"


def test_what_hardly_changes_looks_like_it() -> None:
    axis = Axis(230, 233, 100)
    assert (axis.low, axis.high) == (100, 1000)
    assert axis.place(233) - axis.place(230) < 1
    assert list(Axis(3, 4000, 100).ticks()) == [10, 100, 1000]


def test_figures_have_three_digits_that_count() -> None:
    assert [figure(n) for n in (0, 0.0523, 7.1, 97.51, 1234.5)] == [
        "0",
        "0.0523",
        "7.10",
        "97.5",
        "1,234",
    ]
