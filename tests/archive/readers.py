"""The readers of Parquet that are not ours: each gives a file as an Arrow table, rows in the file's order."""

import datafusion
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq


def read_pyarrow(path):
    return pq.ParquetFile(path, page_checksum_verification=True).read()


def read_duckdb(path):
    with duckdb.connect() as connection:
        # What a column means by its type: Arrow's note and the session's time zone are not asked.
        connection.execute("SET TimeZone = 'UTC'")
        return connection.sql(f"SELECT * FROM read_parquet('{path}')").to_arrow_table()


def read_arrow_rs(path):
    # One partition, so that the rows keep their order.
    context = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(1))
    frame = context.read_parquet(path)
    return pa.Table.from_batches(frame.collect(), frame.schema())


READERS = {"pyarrow": read_pyarrow, "duckdb": read_duckdb, "arrow-rs": read_arrow_rs}


def with_types_of(found, expected):
    """The table with the expected column types where a reader has other words for the same values."""
    return found.cast(pa.schema([pa.field(field.name, field.type) for field in expected.schema]))
