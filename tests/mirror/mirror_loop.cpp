// Flips single bits in what is sealed and asks whether it shows: in segments of the mirror, and in
// all that is sealed of a day; then a far side that is away for a week.
//   mirror_loop FLIPS [DAYS]
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <numeric>
#include <sstream>
#include <thread>

#include "archive/testing_past.hpp"
#include "archive/verify.hpp"
#include "mirror/segment.hpp"
#include "mirror/testing_mirror.hpp"
#include "outage.hpp"
#include "store/test_bench.hpp"

namespace {

using namespace bitgrid;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kThreads = 2;

std::string content(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream{path, std::ios::binary}.rdbuf();
    return text.str();
}

/// Which bits are flipped: all of them once, then again, in an order that jumps.
class Bits {
public:
    explicit Bits(std::size_t bits) : bits_{bits}, step_{bits / 2 + 1} {
        while (std::gcd(step_, bits_) != 1) ++step_;
    }
    std::size_t at(std::size_t number) const { return number % bits_ * step_ % bits_; }

private:
    std::size_t bits_, step_;
};

/// In `threads` parts; how many were not found.
std::size_t count(std::size_t flips,
                  const std::function<bool(std::size_t part, std::size_t)>& is_found) {
    std::atomic<std::size_t> missed{0};
    std::vector<std::jthread> threads;
    for (std::size_t part = 0; part < kThreads; ++part)
        threads.emplace_back([&, part] {
            for (std::size_t i = part; i < flips; i += kThreads)
                if (!is_found(part, i)) ++missed;
        });
    threads.clear();
    return missed;
}

bool report(const char* where, std::size_t flips, std::size_t missed, std::size_t bytes,
            Clock::time_point began) {
    std::cerr << where << ": " << flips << " bits flipped in " << bytes << " bytes, "
              << flips - missed << " found ("
              << std::chrono::duration<double>(Clock::now() - began).count() << " s)\n";
    return missed == 0;
}

bool flip_in_a_segment(std::size_t flips, const std::string& folder) {
    const auto secret = mirror::fresh_secret();
    const auto key = mirror::signing_key(folder + "/mirror_keys");
    mirror::MemoryJournal journal;
    journal.add(40, 250);
    std::string text;
    for (const mirror::Row& row : journal.rows()) text += mirror::line_of(row);
    const crypto::RecipientKey recipients[] = {secret.public_key()};
    const auto sealed =
        mirror::seal({mirror::fresh_stream(), 1, {}}, mirror::padded(text), recipients, key);
    if (!sealed || !mirror::checked_head(*sealed) || !mirror::open(*sealed, secret)) return false;
    std::vector<std::string> copies(kThreads, *sealed);
    const Bits bits{sealed->size() * 8};
    const auto began = Clock::now();
    const std::size_t missed = count(flips, [&](std::size_t part, std::size_t i) {
        std::string& copy = copies[part];
        const std::size_t bit = bits.at(i);
        copy[bit / 8] = static_cast<char>(copy[bit / 8] ^ (1 << bit % 8));
        const bool is_found = !mirror::checked_head(copy);
        copy[bit / 8] = static_cast<char>(copy[bit / 8] ^ (1 << bit % 8));
        return is_found;
    });
    for (const std::string& copy : copies)
        if (!mirror::checked_head(copy)) return false;
    return report("a segment of the mirror", flips, missed, sealed->size(), began);
}

/// A day as it was sealed, in a folder of its own for each thread.
class SealedDay {
public:
    explicit SealedDay(const std::string& folder) : folder_{folder} {
        archive::TestJournal journal;
        auto sealer = archive::Sealer::open(folder);
        if (!sealer || !sealer->seal(journal.day(0, 144), archive::kTestMakers, archive::kSealedAt))
            throw std::runtime_error{"the day cannot be sealed"};
        files_ = sealer->heads().seals.front().files;
        heads_ = content(folder + "/heads.txt");
        key_ =
            crypto::public_key_from_hex(content(folder + "/keys/device.pub").substr(0, 64)).value();
        bytes_ = heads_.size();
        for (const archive::SealedFile& file : files_) {
            const std::string path = folder + "/parquet/" + file.path;
            sizes_.push_back(fs::file_size(path));
            descriptors_.push_back(::open(path.c_str(), O_RDWR | O_CLOEXEC));
            bytes_ += sizes_.back();
        }
    }
    SealedDay(const SealedDay&) = delete;
    SealedDay& operator=(const SealedDay&) = delete;
    ~SealedDay() {
        for (const int file : descriptors_) ::close(file);
    }

    std::size_t bytes() const { return bytes_; }
    bool is_whole() const {
        const auto proof = archive::prove(folder_, {});
        return proof && proof->damage.empty() && proof->seals == 1 && proof->leftovers.empty();
    }
    bool shows(std::size_t bit) {
        std::size_t at = bit / 8;
        if (at < heads_.size()) {
            std::string bent = heads_;
            bent[at] = static_cast<char>(bent[at] ^ (1 << bit % 8));
            return !archive::parse_heads(std::move(bent), "heads.txt", key_);
        }
        at -= heads_.size();
        std::size_t file = 0;
        while (at >= sizes_[file]) at -= sizes_[file++];
        flip(descriptors_[file], at, bit % 8);
        const bool is_found = !archive::check_sealed_file(folder_ + "/parquet", files_[file]);
        flip(descriptors_[file], at, bit % 8);
        return is_found;
    }

private:
    static void flip(int file, std::size_t at, std::size_t bit) {
        unsigned char byte = 0;
        if (::pread(file, &byte, 1, static_cast<off_t>(at)) != 1) std::abort();
        byte = static_cast<unsigned char>(byte ^ (1U << bit));
        if (::pwrite(file, &byte, 1, static_cast<off_t>(at)) != 1) std::abort();
    }

    std::string folder_;
    std::vector<archive::SealedFile> files_;
    std::vector<std::size_t> sizes_;
    std::vector<int> descriptors_;
    std::string heads_;
    crypto::PublicKey key_{};
    std::size_t bytes_{0};
};

bool flip_in_a_day(std::size_t flips, const std::string& folder) {
    std::vector<std::unique_ptr<SealedDay>> days;
    for (int i = 0; i < kThreads; ++i) {
        const std::string own = folder + "/day" + std::to_string(i);
        fs::create_directory(own);
        days.push_back(std::make_unique<SealedDay>(own));
        if (!days.back()->is_whole()) return false;
    }
    const auto began = Clock::now();
    const std::size_t missed = count(flips, [&](std::size_t part, std::size_t i) {
        return days[part]->shows(Bits{days[part]->bytes() * 8}.at(i));
    });
    const bool is_found = report("a sealed day", flips, missed, days.front()->bytes(), began);
    for (const auto& day : days)
        if (!day->is_whole()) return false;
    return is_found;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "mirror_loop FLIPS [DAYS]\n";
        return 64;
    }
    const auto flips = static_cast<std::size_t>(std::atoll(argv[1]));
    const store::TempFolder folder{store::memory_folder()};
    const bool is_held = flip_in_a_segment(flips, folder.path()) &&
                         flip_in_a_day(flips, folder.path()) &&
                         live_through_an_outage(argc > 2 ? std::atoi(argv[2]) : 7);
    return is_held ? 0 : 1;
}
