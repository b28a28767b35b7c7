#include "accounts/password.hpp"

#include <sodium.h>

#include <array>
#include <fstream>
#include <optional>

namespace bitgrid::accounts {
namespace {

static_assert(PasswordCost{}.passes == crypto_pwhash_OPSLIMIT_MODERATE);
static_assert(PasswordCost{}.memory == crypto_pwhash_MEMLIMIT_MODERATE);
constexpr std::size_t kSpare = 32U << 20U;

const core::Error kNoRoom{core::ErrorCode::Unavailable,
                          "this machine has not enough free memory to check a password (it takes "
                          "256 MiB for a second)"};

std::optional<std::size_t> number_in(const std::string& path) {
    std::ifstream file{path};
    std::size_t number = 0;
    return file >> number ? std::optional{number} : std::nullopt;
}

// The kernel ends whoever goes beyond the limit of a service, and that would be the controller.
bool is_within_the_service(std::size_t memory) {
    std::ifstream file{"/proc/self/cgroup"};
    std::string line;
    while (std::getline(file, line) && !line.starts_with("0::")) {
    }
    if (!line.starts_with("0::")) return true;
    for (std::string path = line.substr(3);; path.resize(path.rfind('/'))) {
        const std::string folder = "/sys/fs/cgroup" + path;
        const auto most = number_in(folder + "/memory.max");  // the word `max` is no number
        const auto used = number_in(folder + "/memory.current");
        if (most && used && *used + memory + kSpare > *most) return false;
        if (path.size() <= 1) return true;
    }
}

bool is_within_the_machine(std::size_t memory) {
    std::ifstream file{"/proc/meminfo"};
    std::string key;
    std::size_t kib = 0;
    while (file >> key >> kib) {
        if (key == "MemAvailable:") return kib * 1'024 > memory + kSpare;
        file.ignore(64, '\n');
    }
    return true;
}

bool has_room_for(std::size_t memory) {
    return is_within_the_service(memory) && is_within_the_machine(memory);
}

}  // namespace

core::Result<void> check_new_password(const Secret& password) {
    const std::size_t size = password.reveal().size();
    if (size >= kLeastPassword && size <= kMostPassword) return {};
    return core::Error{core::ErrorCode::BadInput,
                       "a password needs at least " + std::to_string(kLeastPassword) +
                           " characters and at most " + std::to_string(kMostPassword) + " bytes"};
}

core::Result<std::string> hash_password(const Secret& password, PasswordCost cost) {
    const std::string& text = password.reveal();
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    if (!has_room_for(cost.memory) ||
        crypto_pwhash_str(hash.data(), text.data(), text.size(), cost.passes, cost.memory) != 0)
        return kNoRoom;
    return std::string{hash.data()};
}

core::Result<void> verify_password(const Secret& password, const std::string& hash,
                                   PasswordCost cost) {
    const core::Error wrong{core::ErrorCode::Refused, "name or password is wrong"};
    // Whoever asks for a name that does not exist waits as long as the others.
    if (hash.empty()) {
        const auto hashed = hash_password(password, cost);
        return hashed ? wrong : hashed.error();
    }
    if (!has_room_for(PasswordCost{}.memory)) return kNoRoom;
    const std::string& text = password.reveal();
    if (crypto_pwhash_str_verify(hash.c_str(), text.data(), text.size()) == 0) return {};
    return wrong;
}

}  // namespace bitgrid::accounts
