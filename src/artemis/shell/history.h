// What was typed at the prompt, kept between runs: a line a statement, oldest first, in which "\n" is a line break and "\\" a
// backslash. A file that libedit wrote ("_HiStOrY_V2_", octal) is read, too.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/status.h>

namespace artemis {

struct HistoryLimits {
  size_t entries_max = 2000;
  size_t bytes_max = size_t{1} << 20;
  // A longer statement is not kept.
  size_t entry_bytes_max = size_t{64} << 10;
};

// $XDG_STATE_HOME/artemis/sql_history, by default in ~/.local/state; empty where neither is set.
std::string SqlHistoryFile();

// The newest entries of a file within the limits; none where it is not there.
std::vector<std::string> LoadSqlHistory(const std::string& file, const HistoryLimits& limits = {});

// Adds an entry, under a lock, so that shells that run at the same time keep what each other wrote. The file and the folders made for
// it are for their owner alone. A file over the limits loses its oldest half first. Does nothing for what IsKeptInHistory refuses, and
// for an empty file name. IOError.
arrow::Status AppendSqlHistory(const std::string& file, const std::string& entry,
                               const HistoryLimits& limits = {});

// False for statements that hold a secret (HoldsSecret), that begin with a blank, or that are empty.
bool IsKeptInHistory(std::string_view entry);

// Whether a statement makes a secret, gives one to a setting, an option or a column (password = '…', api_key: '…'), or has a text in
// which one stands (postgresql://me:pw@host, password=…).
bool HoldsSecret(std::string_view sql);

}  // namespace artemis
