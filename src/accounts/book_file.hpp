#pragma once
// `accounts.json` in the data folder: read and changed by the daemon and by `bitgrid`, one at a
// time. Not for the engine thread.
#include <filesystem>
#include <functional>

#include "accounts/book.hpp"

namespace bitgrid::accounts {

using ChangeBook = std::function<core::Result<void>(Book&)>;

/// An empty book where there is no file. Damaged or Unavailable names it.
core::Result<Book> read_book(const std::filesystem::path& folder);
/// Reads, changes and writes under a lock, whole or not at all; the book as it is then.
core::Result<Book> change_book(const std::filesystem::path& folder, const ChangeBook&);

/// Changes with the file: size, time, node. Empty where there is none.
std::string mark_of_book(const std::filesystem::path& folder);

std::filesystem::path first_run_file(const std::filesystem::path& folder);
/// Where there is no account and no code yet: makes one, writes it to `first-run-code` and gives it
/// away, this once. Else empty.
core::Result<std::string> make_first_run_code(const std::filesystem::path& folder);

}  // namespace bitgrid::accounts
