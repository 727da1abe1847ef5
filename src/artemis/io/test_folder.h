// A fresh folder for one test, removed with it.
#pragma once

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "artemis/base/uuid.h"

namespace artemis {

class TestFolder {
 public:
  TestFolder() : path_(::testing::TempDir() + "artemis-" + RandomUuid()) {
    std::filesystem::create_directories(path_);
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  const std::string path_;
};

}  // namespace artemis
