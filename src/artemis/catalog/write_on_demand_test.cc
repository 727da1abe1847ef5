// Who only reads never opens for writing; who writes reads what was written.
#include "artemis/catalog/write_on_demand.h"

#include <gtest/gtest.h>

#include "artemis/base/error.h"
#include "artemis/catalog/open_catalog.h"
#include "artemis/io/test_folder.h"

namespace artemis {
namespace {

class WriteOnDemandTest : public ::testing::Test {
 protected:
  std::shared_ptr<Catalog> Open(bool read_only) {
    CatalogOptions options;
    options.warehouse = folder_.path();
    options.create = !read_only;
    options.read_only = read_only;
    return OpenCatalog(options).ValueOrDie();
  }

  TestFolder folder_;
};

TEST_F(WriteOnDemandTest, OpensForWritingAtTheFirstChange) {
  ASSERT_TRUE(Open(false)->CreateNamespace("sda").ok());
  int opened = 0;
  const auto catalog = MakeWriteOnDemand(Open(true), [&] {
    ++opened;
    return arrow::Result<std::shared_ptr<Catalog>>(Open(false));
  });
  EXPECT_EQ(*catalog->ListNamespaces(), std::vector<std::string>{"sda"});
  EXPECT_EQ(opened, 0);
  ASSERT_TRUE(catalog->CreateNamespace("lab").ok());
  ASSERT_TRUE(catalog->CreateNamespace("ops").ok());
  EXPECT_EQ(*catalog->ListNamespaces(), (std::vector<std::string>{"lab", "ops", "sda"}));
  EXPECT_EQ(opened, 1);
}

TEST_F(WriteOnDemandTest, FailsAChangeWhereItCannotBeOpened) {
  ASSERT_TRUE(Open(false)->CreateNamespace("sda").ok());
  const auto catalog = MakeWriteOnDemand(Open(true), [] {
    return arrow::Result<std::shared_ptr<Catalog>>(PermissionDeniedError("not to be written"));
  });
  const arrow::Status status = catalog->CreateNamespace("lab");
  EXPECT_NE(FindDetail<PermissionDenied>(status), nullptr) << status;
  EXPECT_EQ(*catalog->ListNamespaces(), std::vector<std::string>{"sda"});
}

}  // namespace
}  // namespace artemis
