#include "accounts/book_file.hpp"

#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "accounts/book_json.hpp"
#include "accounts/private_file.hpp"
#include "crypto/digest.hpp"

namespace bitgrid::accounts {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 262'144;

fs::path file_in(const fs::path& folder) { return folder / "accounts.json"; }

// 100 bits that can be typed: without letters that look like digits.
std::string new_code() {
    constexpr std::string_view kLetters = "23456789abcdefghjkmnpqrstuvwxyz";
    std::string code;
    for (int i = 0; i < 20; ++i) {
        if (i > 0 && i % 5 == 0) code += '-';
        code += kLetters[randombytes_uniform(static_cast<std::uint32_t>(kLetters.size()))];
    }
    return code;
}

}  // namespace

fs::path first_run_file(const fs::path& folder) { return folder / "first-run-code"; }

core::Result<Book> read_book(const fs::path& folder) {
    const auto text = read_private(file_in(folder), kMostBytes);
    if (!text) return text.error();
    if (text->empty()) return Book{};
    auto book = book_of(*text);
    if (!book)
        return core::Error{book.error().code, file_in(folder).string() + ": " + book.error().what};
    return book;
}

core::Result<Book> change_book(const fs::path& folder, const ChangeBook& change) {
    const auto lock = FolderLock::on(folder / "accounts.lock");
    if (!lock) return lock.error();
    auto book = read_book(folder);
    if (!book) return book;
    if (const auto changed = change(*book); !changed) return changed.error();
    if (const auto written = write_private(file_in(folder), text_of(*book)); !written)
        return written.error();
    if (book->first_run.empty()) (void)::unlink(first_run_file(folder).c_str());
    return book;
}

std::string mark_of_book(const fs::path& folder) {
    struct stat about {};
    if (::lstat(file_in(folder).c_str(), &about) != 0) return {};
    return std::to_string(about.st_size) + " " + std::to_string(about.st_ino) + " " +
           std::to_string(about.st_mtim.tv_sec) + "." + std::to_string(about.st_mtim.tv_nsec);
}

core::Result<std::string> make_first_run_code(const fs::path& folder) {
    std::string code;
    const auto made = change_book(folder, [&](Book& book) -> core::Result<void> {
        std::error_code ignored;
        if (!book.accounts.empty() ||
            (!book.first_run.empty() && fs::exists(first_run_file(folder), ignored)))
            return {};
        code = new_code();
        book.first_run = crypto::sha256_hex(code);
        return write_private(first_run_file(folder), code + "\n");
    });
    if (!made) return made.error();
    return code;
}

}  // namespace bitgrid::accounts
