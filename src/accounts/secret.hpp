#pragma once
// A text that nobody may see: it cannot be printed, compared or turned into JSON by mistake, and is
// wiped when it goes.
#include <iosfwd>
#include <string>
#include <utility>

namespace bitgrid::accounts {

/// Any thread; one owner. Moving leaves nothing behind.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_{std::move(text)} { wipe(text); }
    Secret(Secret&& other) noexcept : text_{std::move(other.text_)} { wipe(other.text_); }
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() { wipe(text_); }

    /// For the one who checks or hands it over.
    const std::string& reveal() const { return text_; }
    bool is_empty() const { return text_.empty(); }
    static void wipe(std::string&) noexcept;

private:
    std::string text_;
};

std::ostream& operator<<(std::ostream&, const Secret&) = delete;

/// 256 random bits as text (base64url), after `prefix`.
std::string random_secret(std::string_view prefix = "");

}  // namespace bitgrid::accounts
