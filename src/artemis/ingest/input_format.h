// The formats that rows come in, and how they are told apart.
//
//   FF FF FF FF   Arrow IPC stream (a message with its continuation marker)
//   "ARROW1"      Arrow IPC file, also called Feather v2
//   "PAR1"        Parquet
//   1F 8B         gzip, 28 B5 2F FD zstd: what is packed tells the format
// and text, which has no mark, by the extension of its name: .jsonl, .ndjson, .json JSON lines, .csv CSV, each also with .gz, .gzip,
// .zst, .zstd behind it; else JSON lines when the first character is {.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <arrow/result.h>

namespace artemis {

enum class InputFormat : uint8_t { kAuto, kArrow, kParquet, kJsonLines, kCsv };

// "Arrow IPC", "Parquet", "JSON lines", "CSV".
const char* InputFormatName(InputFormat format);

// What the first bytes say; kAuto when they have no mark.
InputFormat FormatOfMagic(std::string_view first_bytes);

// What the extension of a path says; kAuto for none that we know. Covers .arrow, .arrows, .ipc, .feather and .parquet too.
InputFormat FormatOfName(std::string_view path);

// Text by its name, else by its first bytes. Invalid, naming `name` and its first bytes: neither tells; an array of JSON.
arrow::Result<InputFormat> FormatOfText(const std::string& name, std::string_view first_bytes);

}  // namespace artemis
