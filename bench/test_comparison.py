from bench.comparison import Comparison, Row, table_lines


def test_ratios_are_to_the_baselines_that_have_a_value() -> None:
    rows = [Row("stackvote", "Stackvote", [20.0, 30.0, 40.0]), Row("c", "C", [60.0])]
    lines = table_lines(
        Comparison("memory", "Idle", "KiB", "", [*rows, Row("tornado", "T", [0.0])])
    )
    assert lines[0] == "| Idle | KiB | min to max | of the C loop |"
    assert lines[2:] == [
        "| T | 0.0 | 0.0 to 0.0 (1) | 0% |",
        "| Stackvote | 30.0 | 20.0 to 40.0 (3) | 50% |",
        "| C | 60.0 | 60.0 to 60.0 (1) | 100% |",
    ]


def test_a_server_that_failed_has_no_figures() -> None:
    rows = [Row("ws", "Node", failed="it lost one"), Row("c", "C", [60.0])]
    lines = table_lines(Comparison("memory", "Idle", "KiB", "", rows))
    assert lines[-1] == "| Node | **FAILED**: it lost one |  |  |"
