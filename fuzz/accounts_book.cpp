// Any bytes as the file of the accounts: refused with words, or read, and then written and read the
// same again.
#include <cstdint>
#include <cstdlib>

#include "accounts/book_json.hpp"

using namespace bitgrid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto book = accounts::book_of({reinterpret_cast<const char*>(data), size});
    if (!book) {
        if (book.error().what.empty()) std::abort();
        return 0;
    }
    if (book->accounts.size() > accounts::kMostAccounts) std::abort();
    const auto again = accounts::book_of(accounts::text_of(*book));
    if (!again || !(*again == *book)) std::abort();
    return 0;
}
