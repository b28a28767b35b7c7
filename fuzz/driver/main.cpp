// Plays a corpus, and mutations of it, against a fuzz target where the compiler brings no fuzzer of
// its own. Seeded: the same inputs on every machine, every time. An input that ends the program is
// left in a file.
//   fuzz_NAME CORPUS_FOLDER MUTATIONS FINDING_FILE
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" void __sanitizer_set_death_callback(void (*)()) __attribute__((weak));
// UBSan of gcc knows no such callback; it then ends by the signal that we watch.
extern "C" const char* __ubsan_default_options() { return "abort_on_error=1"; }

namespace {

constexpr std::size_t kLongest = 65'536;
constexpr std::array kTraps{
    "\"",   "\\",    "{",   "[",    "\n", "\r\n", ": ",   "\xff",
    "\x80", "1e999", "nan", "-inf", "-0", "null", "\\u0", "18446744073709551616"};

std::string current;
std::string finding;

void keep_input() {
    const int file = open(finding.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0) return;
    const char* from = current.data();
    std::size_t left = current.size();
    for (ssize_t n = 1; left > 0 && n > 0; from += n, left -= static_cast<std::size_t>(n))
        n = write(file, from, left);
    close(file);
}

void run(const std::string& input) {
    current = input;
    // Of exactly this size: a string's end hides a read of one byte too many.
    const auto exact = std::make_unique<std::uint8_t[]>(input.size());
    std::copy(input.begin(), input.end(), exact.get());
    LLVMFuzzerTestOneInput(exact.get(), input.size());
}

std::vector<std::string> read_corpus(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    if (std::filesystem::is_directory(folder))
        for (const auto& entry : std::filesystem::directory_iterator{folder})
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<std::string> corpus{""};
    for (const auto& file : files) {
        std::ifstream in{file, std::ios::binary};
        corpus.emplace_back(std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{});
    }
    return corpus;
}

class Mutator {
public:
    explicit Mutator(const std::vector<std::string>& corpus) : corpus_{corpus} {}

    std::string next() {
        std::string input = corpus_[below(corpus_.size())];
        for (std::size_t rounds = 1 + below(6); rounds > 0; --rounds) change(input);
        if (input.size() > kLongest) input.resize(kLongest);
        return input;
    }

private:
    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

    void change(std::string& input) {
        const std::size_t at = below(input.size() + 1);
        const std::size_t length = below(std::min<std::size_t>(input.size() - at, 64) + 1);
        switch (below(7)) {
            case 0:
                if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
                return;
            case 1:
                input.insert(at, 1 + below(16), static_cast<char>(below(256)));
                return;
            case 2:
                input.erase(at, length);
                return;
            case 3:
                input.insert(at, kTraps[below(kTraps.size())]);
                return;
            case 4:
                input.resize(at);
                return;
            case 5:
                repeat(input, at, length);
                return;
            default:
                input.replace(at, length, corpus_[below(corpus_.size())]);
        }
    }
    void repeat(std::string& input, std::size_t at, std::size_t length) {
        const std::string part = input.substr(at, length);
        std::string many;
        for (std::size_t i = 1 + below(256); i > 0 && many.size() < 4'096; --i) many += part;
        input.insert(at, many);
    }

    const std::vector<std::string>& corpus_;
    std::mt19937_64 random_{20'260'615};
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: " << argv[0] << " CORPUS_FOLDER MUTATIONS FINDING_FILE\n";
        return 64;
    }
    finding = argv[3];
    if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(keep_input);
    std::signal(SIGABRT, [](int) { keep_input(); });
    const std::vector<std::string> corpus = read_corpus(argv[1]);
    for (const std::string& input : corpus) run(input);
    Mutator mutator{corpus};
    for (long left = std::atol(argv[2]); left > 0; --left) run(mutator.next());
    return 0;
}
