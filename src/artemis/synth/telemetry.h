// Synthetic mission telemetry as an Arrow stream: the input of demos, tests and benchmarks.
//
// What it imitates: frames of 128 channels that share a frame time, from every mission's orbit of
// 95 minutes with eclipses; values that are 12-bit converter codes times a linear calibration; nine
// tenths of the channels slow housekeeping (channels.h), sampled once per `hold` frames and held
// between; operating modes that last; one lost pass per mission and day (a gap of 96 minutes) and
// one that arrives late, out of order; about 0.4 % of the rows with a bad quality flag and about
// 1 % with a note.
//
// The rows are a function of the options alone, batch_rows excepted: the same on every machine,
// with any batch size. No floating-point arithmetic but one correctly rounded division per value.

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include <arrow/io/type_fwd.h>
#include <arrow/result.h>
#include <arrow/status.h>
#include <arrow/type_fwd.h>

namespace artemis {

// The sequence number of a mission's row counts from an arbitrary start and returns to 0 after
// this many: a 14-bit packet counter of CCSDS 133.0-B, extended by 10 bits of the secondary header.
inline constexpr uint64_t kSequenceModulus = uint64_t{1} << 24;

// Bits of quality_flag; 0 is good.
inline constexpr uint8_t kQualitySuspect = 1;    // the frame's check failed; values as they are
inline constexpr uint8_t kQualitySaturated = 2;  // panel_voltage stands at the converter's end

struct TelemetryOptions {
  // Rows in all, 0 .. 10^10 for each mission and day.
  int64_t rows = 0;
  uint64_t seed = 0;
  // 1 .. 1000
  int32_t missions = 3;
  // 1 .. 3650
  int32_t days = 7;
  // Frames from one sample of a slow channel to the next, 1 .. 10^6, and of the temperature and
  // pressure of any channel. With 1 nothing is held.
  int64_t hold = 10;
  // Adds nanoseconds to the timestamps, which else are whole microseconds. Changes nothing else.
  bool nanos = false;
  // The first day, from midnight UTC; 1970 or later, and the last day before 2262.
  std::chrono::sys_days first_day =
      std::chrono::year{2024} / std::chrono::March / std::chrono::day{11};
  // Rows of every batch but the last, 1 .. 2^20.
  int64_t batch_rows = 65'536;
};

// sample_timestamp_ns timestamp[ns] without a zone (UTC is meant), mission_id string,
// payload_id uint32, sensor_kind string, sequence_number uint64, panel_voltage double (V),
// temperature_c double, pressure_kpa double, quality_flag uint8, archive_uri string,
// object_path string, notes string; only notes is nullable.
std::shared_ptr<arrow::Schema> CanonicalTelemetrySchema();

// Opens the stream of rows in order of arrival. Rows are spread evenly, by whole
// frames: with 128 rows or more for each mission and day, every mission has rows on every day.
//
// Invalid: an option outside its limits; the message names it, the limits and the value.
// Reading fails only when `pool` has no memory left. Memory: one batch (about 200 bytes a row),
// and 12 KiB per mission. The reader is for one thread at a time; the default pool lives for ever.
arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> GenerateTelemetry(
    const TelemetryOptions& options, arrow::MemoryPool* pool = nullptr);

// Writes the stream to `out` in the Arrow IPC streaming format, without closing `out`. Zero rows
// give a valid stream of the schema alone.
//
// Invalid: as above, before a byte is written. IOError: what `out` reports; the bytes written so
// far are not a valid stream.
arrow::Status WriteTelemetryIpc(const TelemetryOptions& options, arrow::io::OutputStream* out);

}  // namespace artemis
