#pragma once
// Accounts and tokens as a text, version 1, and back: bounded, and refused whole where anything in
// it is not as it must be.
#include <string>
#include <string_view>

#include "accounts/book.hpp"

namespace bitgrid::accounts {

std::string text_of(const Book&);
/// Damaged says where. What stands twice, is unknown or too much is an error.
core::Result<Book> book_of(std::string_view text);

/// 64 lower-case hex digits.
bool is_hash(const std::string&);

}  // namespace bitgrid::accounts
