"""The table that our programs make and others judge, with the rows it must hold at each snapshot."""

import dataclasses
import json

import pyarrow as pa
import pyarrow.compute as pc

from programs import Programs

NAME = "sda.observations"
PARTITION = "mission_id, day(sample_timestamp_ns) as day"


@dataclasses.dataclass
class DemoTable:
    programs: Programs
    database: str
    warehouse: str
    # The rows at each snapshot, oldest first, computed here and not read back.
    steps: list
    # A mission that was overwritten, and one that kept its first rows.
    bad_mission: str
    other_mission: str


def microseconds(table):
    """Times at the precision that a table has by default."""
    place = table.column_names.index("sample_timestamp_ns")
    column = table.column(place).cast(pa.timestamp("us"))
    return table.set_column(place, "sample_timestamp_ns", column)


def _replace_column(table, name, values):
    place = table.column_names.index(name)
    return table.set_column(
        place, table.schema.field(place), pa.chunked_array([values.cast(table.column(place).type)])
    )


def renamed(table, flux=None):
    """Rows of the first schema as rows of the second: panel_voltage renamed, solar_flux added."""
    names = ["bus_voltage" if name == "panel_voltage" else name for name in table.column_names]
    flux = pa.nulls(table.num_rows, pa.float64()) if flux is None else flux
    return table.rename_columns(names).append_column("solar_flux", flux)


def _odd_rows(telemetry, missions):
    """Two hundred rows that need care: times around 1970, NaN, infinities, both zeros, nulls, text."""
    count = 200
    rows = telemetry.slice(0, count).combine_chunks()
    index = pa.array(range(count), pa.int64())
    doubles = [float("nan"), float("inf"), float("-inf"), -0.0, 0.0, 1e308]
    rows = _replace_column(rows, "panel_voltage", pa.array([doubles[i % 6] for i in range(count)]))
    # One microsecond before midnight, midnight itself, and so on, around the first of January 1970.
    micros = pc.subtract(
        pc.multiply(index, pa.scalar(43_200_000_000)), pa.scalar(100 * 43_200_000_000 + 1)
    )
    rows = _replace_column(
        rows, "sample_timestamp_ns", pc.multiply(micros, pa.scalar(1000)).cast(pa.timestamp("ns"))
    )
    owners = pa.array([missions[i % len(missions)] for i in range(count)])
    rows = _replace_column(rows, "mission_id", owners)
    notes = [None, "", "plain", "münchen \U0001f680", "z" * 300]
    rows = _replace_column(rows, "notes", pa.array([notes[i % 5] for i in range(count)]))
    flux = pa.array(
        [None if i % 3 == 0 else (float("nan") if i % 7 == 0 else i * 0.5) for i in range(count)]
    )
    return renamed(rows, flux)


def make_demo_table(programs, database, warehouse):
    """Creates, appends, renames, adds, overwrites and deletes, as a user would; five snapshots."""
    first_path, first = programs.telemetry(
        "--rows", 60000, "--seed", 7, "--missions", 3, "--days", 4
    )
    second_path, second = programs.telemetry(
        "--rows", 8000, "--seed", 8, "--missions", 3, "--days", 4
    )
    missions = sorted(set(first.column("mission_id").to_pylist()))
    bad, other = missions[0], missions[1]
    steps = []

    programs.table("create", NAME, "--canonical", "--partition", PARTITION)
    programs.table("append", NAME, first_path)
    steps.append(microseconds(first))
    programs.table("append", NAME, second_path)
    steps.append(pa.concat_tables([steps[-1], microseconds(second)]))

    programs.table("alter", NAME, "rename-column", "panel_voltage", "bus_voltage")
    programs.table("alter", NAME, "add-column", "solar_flux:double")
    odd = _odd_rows(first, missions)
    programs.table("append", NAME, programs.write_arrow(odd))
    steps.append(pa.concat_tables([renamed(steps[-1]), microseconds(odd)]))

    # All rows of the bad mission leave; the first 3000 come back corrected.
    corrected = renamed(first.filter(pc.equal(first.column("mission_id"), bad)).slice(0, 3000))
    corrected = _replace_column(
        corrected, "bus_voltage", pc.add(corrected.column("bus_voltage").combine_chunks(), 0.125)
    )
    programs.table(
        "overwrite",
        NAME,
        programs.write_arrow(corrected),
        "--where",
        _where("eq", "mission_id", bad),
        "--author",
        "flight dynamics",
        "--message",
        "wrong calibration",
    )
    kept = steps[-1].filter(pc.not_equal(steps[-1].column("mission_id"), bad))
    steps.append(pa.concat_tables([kept, microseconds(corrected)]))

    # No partition bound: files lose some of their rows.
    limit = pc.quantile(first.column("temperature_c"), 0.1)[0].as_py()
    programs.table("delete", NAME, "--where", _where("lt", "temperature_c", limit))
    steps.append(steps[-1].filter(pc.greater_equal(steps[-1].column("temperature_c"), limit)))
    assert steps[-1].num_rows < steps[-2].num_rows
    return DemoTable(programs, database, warehouse, steps, bad, other)


def _where(op, column, value):
    return json.dumps({"op": op, "column": column, "value": value})
