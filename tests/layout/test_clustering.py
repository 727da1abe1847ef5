"""A table clustered along a Z-order, its files read back with pyarrow beside those of the same table unclustered."""

import statistics

import pyarrow.compute as pc
import pytest

from tables import OBSERVATIONS, ROWS, read

MISSIONS, DAYS, FIRST_DAY = 3, 7, 11
# Some thirty files a partition, whatever the number of rows; a row takes about twelve bytes.
FILE_BYTES = ROWS // (MISSIONS * DAYS) * 12 // 32
ORDERS = {"plain": [], "zorder": ["--sort", "zorder(payload_id, sensor_kind)"],
          "hilbert": ["--sort", "hilbert(payload_id, sensor_kind)"]}


@pytest.fixture(scope="module")
def written(tables):
    """By order: the files of the table, each as (path, rows)."""
    rows = tables.rows(OBSERVATIONS, ROWS)
    files = {}
    for order, options in ORDERS.items():
        name = f"layout.{order}"
        tables.create(name, rows, *options, "--property", f"write.target-file-size-bytes={FILE_BYTES}")
        tables.run("table", "append", name, rows)
        files[order] = [(path, read(path)) for path in tables.data_files(name)]
    return files


@pytest.mark.parametrize("order", ORDERS)
def test_there_are_21_tuples_and_no_file_holds_two(written, order):
    tuples = set()
    for path, rows in written[order]:
        missions = pc.unique(rows["mission_id"]).to_pylist()
        days = pc.unique(pc.floor_temporal(rows["sampled_at"], unit="day")).to_pylist()
        assert (len(missions), len(days)) == (1, 1), path
        tuples.add((missions[0], days[0]))
    assert len(tuples) == MISSIONS * DAYS


@pytest.mark.parametrize("order", ORDERS)
def test_every_row_is_there_once(written, order):
    numbers = [number for _, rows in written[order] for number in rows["row_number"].to_pylist()]
    assert len(numbers) == ROWS
    assert len(set(numbers)) == ROWS
    assert (min(numbers), max(numbers)) == (0, ROWS - 1)


@pytest.mark.parametrize("order", ORDERS)
def test_files_keep_the_target_size(written, order):
    by_folder = {}
    for path, _ in written[order]:
        by_folder.setdefault(path.rpartition("/")[0], []).append(path)
    for paths in by_folder.values():
        assert len(paths) >= 16
        for path in paths:
            with open(path, "rb") as file:
                size = file.seek(0, 2)
            # What a file has besides its rows counts for much in files as small as these.
            assert size <= 1.5 * FILE_BYTES + 4096, path


def mean_spans(files):
    """The mean over files of max - min of payload_id, and of sensor_kind by its rank among the table's sorted values."""
    kinds = sorted({kind for _, rows in files for kind in pc.unique(rows["sensor_kind"]).to_pylist()})
    payload_spans, kind_spans = [], []
    for _, rows in files:
        payload, kind = pc.min_max(rows["payload_id"]), pc.min_max(rows["sensor_kind"])
        payload_spans.append(payload["max"].as_py() - payload["min"].as_py())
        kind_spans.append(kinds.index(kind["max"].as_py()) - kinds.index(kind["min"].as_py()))
    return statistics.mean(payload_spans), statistics.mean(kind_spans)


def test_both_columns_span_less_in_a_clustered_file(written):
    spans = {order: mean_spans(files) for order, files in written.items()}
    for order, (payload, kind) in spans.items():
        print(f"{order}: {len(written[order])} files, mean max - min of payload_id {payload:.1f}, of sensor_kind {kind:.1f}")
    for order in ("zorder", "hilbert"):
        # Sixteen files and more a partition are two bits for each column: a quarter, and what lies across a boundary.
        assert spans[order][0] < 0.5 * spans["plain"][0]
        assert spans[order][1] < 0.5 * spans["plain"][1]


def holding(files, payload):
    """How many of the files of one mission and six days may hold the payload, by their least and greatest."""
    kept = 0
    for _, rows in files:
        if rows["mission_id"][0].as_py() != "mission-1" or rows["sampled_at"][0].as_py().day >= FIRST_DAY + 6:
            continue
        span = pc.min_max(rows["payload_id"])
        kept += span["min"].as_py() <= payload <= span["max"].as_py()
    return kept


@pytest.mark.parametrize("payload", [5, 77])
def test_one_payload_of_one_mission_and_six_days_keeps_three_files_in_ten(written, payload):
    # 5 is among the tenth of the payloads that half of the rows have; 77 is not.
    plain, zorder = holding(written["plain"], payload), holding(written["zorder"], payload)
    print(f"payload_id = {payload}: {zorder} files of the clustered table, {plain} of the other")
    assert plain > 6 * 16 - 6
    assert zorder <= 0.3 * plain


def test_the_same_rows_give_the_same_files(tables, written):
    rows = tables.rows(OBSERVATIONS, ROWS)
    tables.create("layout.again", rows, *ORDERS["zorder"], "--property", f"write.target-file-size-bytes={FILE_BYTES}")
    tables.run("table", "append", "layout.again", rows)
    again = [read(path) for path in tables.data_files("layout.again")]
    first = [rows for _, rows in written["zorder"]]
    key = lambda rows: rows["row_number"][0].as_py()  # noqa: E731
    assert len(again) == len(first)
    assert all(a.equals(b) for a, b in zip(sorted(again, key=key), sorted(first, key=key)))
