"""What tests/crash, tests/property and tests/cli share: running our programs, and reading their tables without them."""
